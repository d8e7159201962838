import { t as buildWork } from "./build-work.js";
import { $t as formatCsv, An as WorkError, It as formatSsh, Lt as formatOutput, Tt as authTlsArguments, Vt as formatCache, _t as endpointArguments, mn as neutralise } from "./shared.js";
import { O as isDigest, m as parseDescriptor } from "./oci.js";
import { StringDecoder } from "node:string_decoder";
// src/buildkit/buildctl.ts
function solveCommand(solve) {
	return {
		program: solve.buildctl,
		args: [
			...endpointArguments(solve.endpoint),
			"build",
			"--progress=rawjson",
			"--frontend=dockerfile.v0",
			...flags("local", solve.locals.map(joined)),
			...flags("oci-layout", solve.ociLayouts.map(joined)),
			...flags("opt", solve.options.map(joined)),
			...flags("secret", solve.secrets.map(secretFields)),
			...flags("ssh", solve.ssh.map(formatSsh)),
			...flags("allow", solve.allow),
			...solve.noCache ? ["--no-cache"] : [],
			...flags("import-cache", solve.cacheImports.map(formatCache)),
			...flags("export-cache", solve.cacheExports.map(formatCache)),
			...flags("output", solve.outputs.map(formatOutput)),
			...authTlsArguments(solve.registries),
			...solve.metadataFile === void 0 ? [] : [`--metadata-file=${solve.metadataFile}`]
		]
	};
}
function flags(name, values) {
	return values.map((value) => `--${name}=${value}`);
}
function joined([name, value]) {
	return `${name}=${value}`;
}
function secretFields(secret) {
	return formatCsv([`id=${secret.id}`, ..."file" in secret ? ["type=file", `src=${secret.file}`] : ["type=env", `env=${secret.env}`]]);
}
// src/buildkit/failure.ts
const advice = [
	[/error while dialing|failed to list workers|^context deadline exceeded$/im, () => "the BuildKit daemon does not answer: is it still running? setup starts one; builder names another"],
	[/granting entitlement (\S+) is not allowed by build daemon/i, () => "the daemon must allow it, too: give setup the same allow"],
	[/failed to load LLB: \S+ is not allowed/i, () => "the Dockerfile asks for a privilege: give build and setup allow with its name"],
	[/exec format error/i, (platform) => `nothing here runs programs for ${platform}: run setup with this platform, which registers QEMU`],
	[/qemu: uncaught target signal|signal: (segmentation fault|illegal instruction)/i, (platform) => `QEMU crashed on ${platform}: try another binfmt-image, or a machine that runs ${platform} itself`],
	[/no match for platform in manifest|does not provide the specified platform|no matching manifest/i, (platform) => `the base image has no ${platform}: choose one that has, or leave the platform out`],
	[/insufficient_scope|401 Unauthorized|403 Forbidden|authorization failed|access denied|no basic auth credentials/i, () => "the registry refused the credentials: run docker login for it, with an account that may push there"],
	[/connection refused|no such host|network is unreachable|i\/o timeout/i, () => "the BuildKit daemon can't reach that address; a registry on this machine's loopback needs --daemon-network host at setup"],
	[/server gave HTTP response to HTTPS client/i, (_, host) => `the registry speaks plain HTTP: say so at setup with registries: ${host},http`],
	[/certificate signed by unknown authority/i, (_, host) => `the daemon does not know who signed the registry's certificate: say it at setup with registries: ${host},ca=FILE`],
	[/x509: /i, (_, host) => `the certificate of ${host} is not good: renew it, or use the name that is in it`],
	[/remote error: tls: (?:bad certificate|certificate required|unknown certificate|handshake failure)/i, (_, host) => `the registry wants a client certificate: give it at setup with registries: ${host},cert=FILE,key=FILE`],
	[/429 Too Many Requests|toomanyrequests/i, () => "the registry limits requests: log in, or wait and run again"],
	[/no space left on device/i, () => "the disk of the BuildKit daemon is full"],
	[/exit code: 137|signal: killed|cannot allocate memory/i, () => "the step was killed, most likely for want of memory"]
];
function solveAdvice(text, platform) {
	const host = /\bhttps?:\/\/([^/\s"\\]+)\//.exec(text)?.[1] ?? "HOST";
	return advice.find(([pattern]) => pattern.test(text))?.[1](platform, host);
}
const passing = /unexpected status[^\n]*: (408|425|429|499|50[0-4]|522)\b|429 Too Many Requests|toomanyrequests|(500 Internal Server Error|502 Bad Gateway|503 Service Unavailable|504 Gateway Timeout)|connection reset by peer|TLS handshake timeout|unexpected EOF|i\/o timeout|server misbehaving|http2: server sent GOAWAY/i;
function isPassing(error) {
	return passing.test(error) && !/did not complete successfully: exit code/.test(error);
}
// src/buildkit/metadata.ts
function parseMetadata(text, platform, what) {
	const document = readDocument(text, what);
	const config = document["containerimage.config.digest"];
	return {
		descriptor: readDescriptor(document["containerimage.descriptor"], platform, what),
		configDigest: typeof config === "string" && isDigest(config) ? config : void 0,
		document
	};
}
function readDocument(text, what) {
	let value;
	try {
		value = JSON.parse(text);
	} catch (error) {
		throw new WorkError(`${what}: BuildKit's metadata is not whole`, { cause: error });
	}
	if (typeof value === "object" && value !== null) return value;
	throw new WorkError(`${what}: BuildKit's metadata is no object`);
}
function readDescriptor(value, platform, what) {
	if (value === void 0) return void 0;
	const name = `${what}: containerimage.descriptor in BuildKit's metadata`;
	const { mediaType, digest, size } = parseDescriptor(value, name);
	return {
		mediaType,
		digest,
		size,
		platform
	};
}
// src/buildkit/solve-status.ts
function parseSolveStatus(line) {
	const status = parseObject(line);
	if (status === void 0) return void 0;
	const { vertexes, statuses, logs, warnings } = status;
	if ([
		vertexes,
		statuses,
		logs,
		warnings
	].every((part) => part === void 0)) return Object.keys(status).length === 0 ? nothing : void 0;
	return {
		vertexes: objects(vertexes).map((vertex) => ({
			digest: text(vertex["digest"]),
			inputs: texts(vertex["inputs"]),
			name: text(vertex["name"]),
			started: text(vertex["started"]) || void 0,
			completed: text(vertex["completed"]) || void 0,
			cached: vertex["cached"] === true,
			error: text(vertex["error"])
		})),
		statuses: objects(statuses).map((status) => ({
			id: text(status["id"]),
			vertex: text(status["vertex"]),
			current: number(status["current"]) ?? 0,
			total: number(status["total"]) ?? 0,
			completed: text(status["completed"]) !== ""
		})),
		logs: objects(logs).map((log) => ({
			vertex: text(log["vertex"]),
			stream: number(log["stream"]) ?? 1,
			data: Buffer.from(text(log["data"]), "base64")
		})),
		warnings: objects(warnings).map(readWarning)
	};
}
function isCutStatus(line) {
	return /^\{"(?:vertexes|statuses|logs|warnings)":/.test(line) && parseObject(line) === void 0;
}
const nothing = {
	vertexes: [],
	statuses: [],
	logs: [],
	warnings: []
};
function readWarning(warning) {
	const [range = {}] = objects(warning["range"]);
	const [source = {}] = objects([warning["sourceInfo"]]);
	const line = (end) => number(objects([end])[0]?.["line"]);
	return {
		short: decode(warning["short"]),
		detail: (Array.isArray(warning["detail"]) ? warning["detail"] : []).map(decode),
		url: text(warning["url"]),
		file: text(source["filename"]),
		startLine: line(range["start"]),
		endLine: line(range["end"])
	};
}
function parseObject(line) {
	if (!line.startsWith("{")) return void 0;
	try {
		return objects([JSON.parse(line)])[0];
	} catch {
		return;
	}
}
function objects(value) {
	return Array.isArray(value) ? value.filter((item) => typeof item === "object" && item !== null && !Array.isArray(item)) : [];
}
function texts(value) {
	return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
function text(value) {
	return typeof value === "string" ? value : "";
}
function number(value) {
	return typeof value === "number" ? value : void 0;
}
function decode(value) {
	return Buffer.from(text(value), "base64").toString("utf8");
}
// src/buildkit/step-log.ts
const maxLineLength = 8192;
const lineOverhead = 32;
function createStepLogs(limit = 4194304) {
	const logs = [];
	const kept = { size: 0 };
	const change = (log, work) => {
		kept.size -= log.size();
		work();
		kept.size += log.size();
	};
	const makeRoom = () => {
		while (kept.size > limit) {
			const longest = logs.reduce((most, log) => log.size() > most.size() ? log : most);
			change(longest, () => longest.limitTo(Math.floor(longest.size() / 2)));
		}
	};
	return { create: (onLine) => {
		const lines = keepLines();
		logs.push(lines);
		return createStepLog(lines, (line) => {
			onLine?.(line);
			change(lines, () => lines.push(line));
			makeRoom();
		});
	} };
}
function createStepLog(kept, push) {
	const streams = /* @__PURE__ */ new Map();
	const open = (stream) => {
		const known = streams.get(stream) ?? {
			decoder: new StringDecoder("utf8"),
			line: createOpenLine()
		};
		streams.set(stream, known);
		return known;
	};
	const unfinished = () => [...streams.values()].flatMap(({ line }) => line.text() ?? []);
	return {
		write: (stream, bytes) => {
			const { decoder, line } = open(stream);
			const [first = "", ...rest] = decoder.write(bytes).split("\n");
			line.extend(first);
			for (const text of rest) {
				push(line.end());
				line.extend(text);
			}
		},
		flush: () => {
			for (const { line } of streams.values()) if (line.text() !== void 0) push(line.end());
		},
		lines: () => [...kept.lines(), ...unfinished()],
		last: (count) => [...kept.last(count), ...unfinished()].slice(-count)
	};
}
function createOpenLine() {
	let line = "";
	let leftOut = 0;
	let returned = false;
	const show = () => neutralise(leftOut === 0 ? line : `${line}… [${leftOut} characters left out]`);
	const add = (text) => {
		if (text === "") return;
		if (returned) {
			line = "";
			leftOut = 0;
			returned = false;
		}
		const room = Math.max(maxLineLength - line.length, 0);
		line += text.slice(0, room);
		leftOut += Math.max(text.length - room, 0);
	};
	return {
		extend: (text) => {
			const [first = "", ...states] = text.split("\r");
			add(first);
			for (const state of states) {
				returned = true;
				if (state.trim() !== "") add(state);
			}
		},
		text: () => line === "" ? void 0 : show(),
		end: () => {
			const shown = show();
			line = "";
			leftOut = 0;
			returned = false;
			return shown;
		}
	};
}
function keepLines() {
	let limit = Infinity;
	let head = [];
	let headSize = 0;
	let tail = [];
	let tailSize = 0;
	let start = 0;
	let leftOut = 0;
	const cost = (line) => line.length + lineOverhead;
	const shorten = () => {
		while (tailSize > limit / 2 && start < tail.length) {
			tailSize -= cost(tail[start++] ?? "");
			leftOut++;
		}
		if (start > 1024 && start > tail.length / 2) {
			tail = tail.slice(start);
			start = 0;
		}
	};
	return {
		push: (line) => {
			if (limit === Infinity) {
				head.push(line);
				headSize += cost(line);
				return;
			}
			tail.push(line);
			tailSize += cost(line);
			shorten();
		},
		size: () => headSize + tailSize,
		limitTo: (newLimit) => {
			const whole = limit === Infinity;
			limit = newLimit;
			let fits = 0;
			let size = 0;
			for (const line of head) {
				if (size + cost(line) > limit / 2) break;
				size += cost(line);
				fits++;
			}
			const rest = head.slice(fits);
			if (whole) {
				tail = rest;
				tailSize = headSize - size;
			} else leftOut += rest.length;
			head = head.slice(0, fits);
			headSize = size;
			shorten();
		},
		lines: () => leftOut === 0 ? [...head, ...tail] : [
			...head,
			`[${leftOut} lines left out]`,
			...tail.slice(start)
		],
		last: (count) => [...leftOut === 0 ? head.slice(-count) : [], ...tail.slice(Math.max(start, tail.length - count))].slice(-count)
	};
}
// src/buildkit/progress.ts
const keptMessages = 200;
const keptWarnings = 1e3;
const keptCrashes = 10;
const maxTextLength = 4096;
const failureLines = 20;
function createProgressReader(options = {}) {
	const { now = () => performance.now() } = options;
	const vertexes = /* @__PURE__ */ new Map();
	const began = [];
	const logs = createStepLogs();
	const messages = [];
	const warnings = /* @__PURE__ */ new Map();
	const crashes = [];
	const vertexOf = (digest) => {
		const known = vertexes.get(digest) ?? newVertex();
		vertexes.set(digest, known);
		return known;
	};
	const update = (change) => {
		const vertex = vertexOf(change.digest);
		if (change.name !== "") vertex.name = oneLine(change.name);
		for (const input of change.inputs) vertex.inputs.add(input);
		const start = change.started ?? change.completed;
		if (start === void 0) return;
		if (vertex.runs.size === 0) began.push(vertex);
		if (!vertex.runs.has(start)) vertex.since = now();
		const took = change.completed === void 0 ? void 0 : Date.parse(change.completed) - Date.parse(start);
		vertex.runs.set(start, took ?? vertex.runs.get(start));
		vertex.cached ||= change.cached;
		vertex.error = neutralise(change.error).slice(0, maxTextLength);
		if (!isRunning(vertex)) vertex.log?.flush();
	};
	const logOf = (vertex) => vertex.log ??= logs.create((line) => {
		if (line.includes("qemu: uncaught target signal") && crashes.length < keptCrashes) crashes.push({
			step: vertex.name,
			line: line.trim().slice(0, maxTextLength)
		});
	});
	return {
		read: (line) => {
			const status = parseSolveStatus(line);
			if (status === void 0) {
				if (line.trim() === "" || isCutStatus(line)) return;
				messages.push(neutralise(line).slice(0, maxTextLength));
				messages.splice(0, messages.length - keptMessages);
				return;
			}
			for (const change of status.vertexes) update(change);
			for (const each of status.statuses) vertexOf(each.vertex).statuses.set(each.id, each);
			for (const { vertex, stream, data } of status.logs) logOf(vertexOf(vertex)).write(stream, data);
			for (const each of status.warnings) {
				const warning = cleanWarning(each);
				if (warnings.size < keptWarnings) warnings.set(JSON.stringify(warning), warning);
			}
		},
		steps: () => began.map((vertex) => describe(vertex, now())),
		cached: () => {
			const isInstruction = ({ name }) => kindOf(name) === "instruction";
			const done = began.filter(isInstruction).filter((vertex) => stateOf(vertex) === "done" || stateOf(vertex) === "cached");
			return {
				steps: done.length,
				cached: done.filter(isFree).length,
				planned: [...vertexes.values()].filter(isInstruction).length
			};
		},
		failure: () => {
			const { error } = readMessages(messages);
			const failed = began.filter((vertex) => vertex.error !== "");
			const vertex = failed.find((vertex) => error.includes(vertex.error)) ?? failed.find((vertex) => stateOf(vertex) === "failed" && !vertex.name.startsWith("importing cache "));
			return vertex === void 0 ? void 0 : {
				step: vertex.name,
				error: vertex.error,
				log: vertex.log?.last(failureLines) ?? []
			};
		},
		said: () => readMessages(messages),
		warnings: () => [...warnings.values()],
		crashes: () => crashes
	};
}
function newVertex() {
	return {
		name: "",
		inputs: /* @__PURE__ */ new Set(),
		runs: /* @__PURE__ */ new Map(),
		since: 0,
		cached: false,
		error: "",
		statuses: /* @__PURE__ */ new Map(),
		log: void 0
	};
}
function describe(vertex, now) {
	const { error, log, name } = vertex;
	const statuses = [...vertex.statuses.values()];
	const milliseconds = [...vertex.runs.values()].reduce((sum, took) => sum + (took ?? now - vertex.since), 0);
	return {
		name,
		kind: kindOf(name),
		state: stateOf(vertex),
		seconds: Math.max(milliseconds, 0) / 1e3,
		bytes: statuses.reduce((sum, { current }) => sum + current, 0),
		transfers: statuses.filter(({ completed }) => !completed).map(({ id, current, total }) => ({
			name: oneLine(id),
			bytes: current,
			totalBytes: total
		})),
		error,
		log: {
			lines: () => log?.lines() ?? [],
			last: (count) => log?.last(count) ?? []
		}
	};
}
function isRunning({ runs }) {
	return [...runs.values()].includes(void 0);
}
function stateOf(vertex) {
	if (vertex.error !== "") return vertex.error.endsWith("context canceled") ? "cancelled" : "failed";
	if (isRunning(vertex)) return "running";
	return vertex.cached ? "cached" : "done";
}
function isFree(vertex) {
	const isFetch = ({ id, total }) => total > 0 || id.startsWith("extracting ");
	return vertex.cached || /\] FROM /.test(vertex.name) && ![...vertex.statuses.values()].some(isFetch);
}
function kindOf(name) {
	if (/^\[(?:\S+ )*\d+\/\d+\] /.test(name)) return "instruction";
	return /^\[(?:internal|auth)\] |^\[context [^\]]+\] load (?:metadata|\.dockerignore)|^resolve image config /.test(name) ? "housekeeping" : "other";
}
function cleanWarning(warning) {
	const { startLine, endLine } = warning;
	return {
		short: oneLine(warning.short),
		detail: warning.detail.map((text) => neutralise(text).slice(0, maxTextLength)),
		url: oneLine(warning.url),
		file: oneLine(warning.file),
		line: startLine,
		endLine: endLine === startLine ? void 0 : endLine
	};
}
function oneLine(text) {
	return neutralise(text).replaceAll(/\s+/g, " ").trim().slice(0, maxTextLength);
}
function readMessages(messages) {
	const isError = (line) => line.startsWith("error: ");
	return {
		error: messages.filter(isError).map((line) => line.replace(/^error: (failed to solve: )?/, "")).join("\n"),
		around: messages.filter((line) => !isError(line))
	};
}
// src/buildkit/lint.ts
function parseLint(text) {
	const findings = [];
	const lines = text.split(/\r?\n/);
	for (const [index, line] of lines.entries()) {
		const [, kind, heading = ""] = /^(WARNING|ERROR): (.*)$/.exec(line) ?? [];
		if (kind === void 0 || isQuoted(lines, index)) continue;
		const [, rule = "", url = ""] = /^(\w+)(?: - (\S+))?$/.exec(heading) ?? [];
		const message = rule === "" ? heading : lines[index + 1] ?? "";
		const [, file = "", number] = /^(.*):(\d+)$/.exec(lines[index + (rule === "" ? 1 : 2)] ?? "") ?? [];
		findings.push({
			rule,
			url,
			message,
			file,
			line: number === void 0 ? void 0 : Number(number),
			isError: kind === "ERROR"
		});
	}
	return findings;
}
function isQuoted(lines, index) {
	return lines.slice(0, index).filter((line) => /^-{20}$/.test(line)).length % 2 === 1;
}
// src/buildkit/docker-proxies.ts
const variables = {
	httpProxy: "HTTP_PROXY",
	httpsProxy: "HTTPS_PROXY",
	ftpProxy: "FTP_PROXY",
	noProxy: "NO_PROXY",
	allProxy: "ALL_PROXY"
};
function proxyArguments(config, dockerHost) {
	const proxies = member(config, "proxies");
	const chosen = (dockerHost ? member(proxies, dockerHost) : void 0) ?? member(proxies, "default");
	return Object.entries(variables).flatMap(([name, variable]) => {
		const value = member(chosen, name);
		return typeof value === "string" && value !== "" ? [[variable, value], [variable.toLowerCase(), value]] : [];
	});
}
function member(value, name) {
	return typeof value === "object" && value !== null ? value[name] : void 0;
}
export { isPassing as a, buildWork, parseMetadata as i, parseLint as n, solveAdvice as o, createProgressReader as r, solveCommand as s, proxyArguments as t };
