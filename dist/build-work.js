import { $t as formatCsv, An as WorkError, Bt as cacheSecrets, Ct as missingRegistryFiles, E as formatBytes, F as dockerConfigPath, Ht as parseContext, Lt as formatOutput, O as explainWriteError, On as CancelledError, Qt as planAttestations, Rt as cacheExportFor, S as readLogs, St as writePrivateFiles, Tn as formatCommand, V as probeWorkers, at as withOutputTargets, bn as ExecError, ct as homelessTags, en as isTrue, hn as withoutColours, ht as parseBuilder, it as pushes, k as renderMarkdownTable, nt as isPushed, p as stagingTag, rt as loads, s as isNative, tn as annotationAttributes, tt as isLoaded, vn as fitLine, wt as resolveRegistries, xn as ProgramMissingError, z as planRemote, zt as cacheImportsFor } from "./shared.js";
import { C as formatReference, E as withTarget, F as samePlatform, b as fillPlatform, j as formatPlatform, x as hasPlatform } from "./oci.js";
import { n as planTargets, r as ociLabels } from "./tags.js";
import { a as isPassing, i as parseMetadata, n as parseLint, o as solveAdvice, r as createProgressReader, s as solveCommand, t as proxyArguments } from "./build-work2.js";
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { mkdir, readFile, rename, rm, statfs, writeFile } from "node:fs/promises";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
// src/steps/build/exports.ts
function planExports(request) {
	const { archive, load, names, outputs, push } = request;
	const kept = outputs.filter((output) => output.type !== "cacheonly" && !isLoaded(output) && !(push && output.type === "image")).map((output) => withDefaults(output, request));
	const loaded = {
		type: "docker",
		attributes: new Map([
			...nameAttribute(names),
			...outputs.find(isLoaded)?.attributes ?? [],
			["dest", archive]
		])
	};
	const pushed = outputs.find(isPushed) ?? outputs.find(({ type }) => type === "image");
	return [
		...kept,
		...load ? [loaded] : [],
		...push ? [pushedImage(pushed, request)] : []
	].map((output) => ({
		type: output.type,
		attributes: new Map([...output.attributes].map(([name, value]) => [name, fillAttribute(name, value, output, request)]))
	}));
}
function fillAttribute(name, value, output, request) {
	if (name === "name") return fillPlatform(value, request.platform);
	return name === "dest" ? destinationOf(output, request) ?? value : value;
}
function destinationOf({ attributes, type }, { cwd, platform, several }) {
	const given = attributes.get("dest");
	if (given === void 0) return void 0;
	const path = resolve(cwd, fillPlatform(given, platform));
	return type === "local" && several && !hasPlatform(given) ? join(path, formatPlatform(platform).replaceAll("/", "_")) : path;
}
function pushedImage(given, request) {
	return {
		type: "image",
		attributes: new Map([
			...given?.attributes ?? [],
			...imageAttributes(request),
			["name", request.repositories.map(formatReference).join(",")],
			["push", "true"],
			["push-by-digest", "true"],
			["name-canonical", "true"]
		])
	};
}
function withDefaults(output, request) {
	const { attributes, type } = output;
	switch (type) {
		case "image":
		case "oci":
		case "docker": return {
			type,
			attributes: new Map([
				...nameAttribute(request.names),
				...type === "docker" ? [] : imageAttributes(request),
				...attributes
			])
		};
		default: return output;
	}
}
function imageAttributes({ annotations, platform, rewriteTimestamps }) {
	return [...rewriteTimestamps ? [["rewrite-timestamp", "true"]] : [], ...annotationAttributes(annotations, platform)];
}
function nameAttribute(names) {
	return names.length === 0 ? [] : [["name", names.map(formatReference).join(",")]];
}
// src/steps/build/secret-sources.ts
const maskedBytes = 65536;
function findSecrets(inputs, { cwd, env }) {
	const problems = [];
	const absent = [];
	const judge = (input, { id, optional }, why) => {
		if (why === void 0) return;
		if (optional) absent.push(id);
		else problems.push(`${input}: ${why}; write ${id}?= where it may be missing`);
	};
	for (const secret of inputs.secretEnvs) {
		const { source } = secret;
		if (source.kind !== "env") continue;
		const value = env[source.name];
		const why = value === void 0 ? "not set" : "empty";
		judge("secret-envs", secret, value ? void 0 : `the environment variable ${source.name} is ${why}`);
	}
	for (const secret of inputs.secretFiles) if (secret.source.kind === "file") judge("secret-files", secret, lacking(secret.source.path, cwd));
	const ids = [
		...inputs.secrets,
		...inputs.secretEnvs,
		...inputs.secretFiles
	].map(({ id }) => id);
	for (const id of new Set(ids.filter((each, index) => ids.indexOf(each) !== index))) problems.push(`secrets: ${id} is given twice`);
	return {
		problems,
		absent
	};
}
function lacking(path, cwd) {
	const stat = statSync(resolve(cwd, path), { throwIfNoEntry: false });
	if (stat === void 0) return `there is no file ${path}`;
	if (!stat.isFile()) return `${path} is not a file`;
	return stat.size === 0 ? `the file ${path} is empty` : void 0;
}
function maskSecrets(inputs, { cwd, env, mask }) {
	if (inputs.githubToken !== "") mask(inputs.githubToken);
	for (const secret of [...inputs.cacheFrom, ...inputs.cacheTo].flatMap(cacheSecrets)) mask(secret);
	for (const { source } of [
		...inputs.secrets,
		...inputs.secretEnvs,
		...inputs.secretFiles
	]) {
		const value = source.kind === "value" ? source.value : source.kind === "env" ? env[source.name] : void 0;
		if (value) mask(value);
		if (source.kind === "file") maskFile(resolve(cwd, source.path), mask);
	}
}
function maskFile(path, mask) {
	const stat = statSync(path, { throwIfNoEntry: false });
	if (stat?.isFile() === true && stat.size <= maskedBytes) mask(readFileSync(path, "utf8"));
}
// src/steps/build/source.ts
const defaultContext = "{{defaultContext}}";
function findSource({ context, file }, { gitContext }, cwd) {
	const parsed = parseContext(fillDefault(context, gitContext));
	if (parsed.kind === "url") return {
		kind: "url",
		url: parsed.url,
		file
	};
	const path = resolve(cwd, parsed.path);
	return {
		kind: "path",
		path,
		file: file === "" ? join(path, "Dockerfile") : resolve(cwd, file)
	};
}
function fillDefault(context, gitContext) {
	if (context === "") return gitContext ?? ".";
	if (!context.includes(defaultContext)) return context;
	if (gitContext === void 0) throw new Error(`${defaultContext} is known on GitHub only: name the context`);
	return context.replace(defaultContext, () => gitContext);
}
// src/steps/build/check.ts
function checkBuild(inputs, job, ports) {
	const { cwd, env } = ports;
	return [
		...missingRegistryFiles(inputs.registries, cwd),
		...checkSource(inputs, job, cwd),
		...checkTargets(inputs),
		...checkExports(inputs, cwd),
		...checkContexts(inputs, cwd),
		...checkSsh(inputs, ports),
		...findSecrets(inputs, ports).problems,
		...[...inputs.buildArgs, ...inputs.platforms.flatMap(({ buildArgs }) => buildArgs)].filter((argument) => !argument.includes("=") && env[argument] === void 0).map((name) => `build-args: ${name} has no value, and there is no environment variable ${name}`)
	];
}
function checkSource(inputs, job, cwd) {
	let source;
	try {
		source = findSource(inputs, job, cwd);
	} catch (error) {
		return [`context: ${error instanceof Error ? error.message : String(error)}`];
	}
	if (source.kind === "url") return [];
	const { file, path } = source;
	const stat = statSync(path, { throwIfNoEntry: false });
	if (stat === void 0) return [`context: there is no folder ${inputs.context} (${path})`];
	if (!stat.isDirectory()) return [`context: ${inputs.context} is not a folder`];
	const lines = inputs.platforms.filter((line) => line.file !== void 0);
	return [...inputs.platforms.length === 0 || lines.length < inputs.platforms.length ? checkFile("file", inputs.file, file, inputs.context) : [], ...lines.flatMap((line) => checkFile(`platforms: file of ${formatPlatform(line.platform)}`, line.file ?? "", resolve(cwd, line.file ?? ""), inputs.context))];
}
function checkFile(name, given, path, context) {
	const stat = statSync(path, { throwIfNoEntry: false });
	if (stat === void 0) return [given === "" ? `${name}: there is no Dockerfile in ${context || "."}; name it with file` : `${name}: there is no file ${given} (${path})`];
	return stat.isFile() ? [] : [`${name}: ${given || path} is not a file`];
}
function checkTargets(inputs) {
	const wanted = withOutputTargets(inputs);
	const push = pushes(inputs);
	const hasTarget = wanted.image.length > 0 || wanted.tags.length > 0;
	return [
		...homelessTags(wanted),
		...push && !hasTarget ? ["push: where to? Name the repositories with image, or whole references with tags"] : [],
		...!push && !loads(inputs) && inputs.platformTags.length > 0 ? ["platform-tags: there is nothing to tag without push or load"] : [],
		...!push && inputs.handoff === "registry" ? ["handoff: registry needs push"] : []
	];
}
function checkExports(inputs, cwd) {
	if (inputs.call !== "build") return [];
	const named = inputs.platforms.map(({ platform }) => platform);
	const several = named.length > 1;
	const platforms = named.length > 0 ? named : [{
		os: "linux",
		architecture: "amd64"
	}];
	const problems = loads(inputs) && several && inputs.platformTags.length === 0 ? ["load: Docker needs a name for each of several platforms: give platform-tags, such as {tag}-{arch}{variant}"] : [];
	const owners = /* @__PURE__ */ new Map();
	for (const platform of platforms) for (const output of inputs.outputs) {
		const path = destinationOf(output, {
			cwd,
			platform,
			several
		});
		if (path === void 0) continue;
		const owner = owners.get(path);
		if (owner === platform) problems.push(`outputs: two of them go to ${path}`);
		else if (owner !== void 0) problems.push(`outputs: ${formatOutput(output)} of several platforms: put {platform} into dest`);
		owners.set(path, platform);
	}
	return [...new Set(problems)];
}
function checkContexts({ buildContexts }, cwd) {
	const names = buildContexts.map(({ name }) => name);
	return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map((name) => `build-contexts: ${name} is given twice`).concat(buildContexts.flatMap(({ name, source }) => {
		if (source.kind === "path" && statSync(resolve(cwd, source.path), { throwIfNoEntry: false })?.isDirectory() !== true) return [`build-contexts: there is no folder ${source.path} (for ${name})`];
		return source.kind === "oci-layout" && !existsSync(resolve(cwd, source.path, "index.json")) ? [`build-contexts: there is no OCI layout in ${source.path} (for ${name})`] : [];
	}));
}
function checkSsh({ ssh }, { cwd, env }) {
	return ssh.flatMap(({ id, paths }) => {
		if (paths.length === 0) return env["SSH_AUTH_SOCK"] ? [] : [`ssh: ${id} needs an agent, and SSH_AUTH_SOCK is not set`];
		return paths.filter((path) => !existsSync(resolve(cwd, path))).map((path) => `ssh: there is neither a socket nor a key at ${path} (for ${id})`);
	});
}
// src/report/progress/step-lines.ts
const notable = {
	seconds: 1,
	bytes: 1e6
};
const colourOff = "\x1B[0m";
function describeSolve(reader) {
	return reader.steps().filter(isShown).flatMap(describeStep);
}
function describeFailure(reader) {
	const failed = reader.failure();
	const step = reader.steps().find(({ name, state }) => state === "failed" && name === failed?.step);
	return [...step === void 0 ? [] : describeStep(step), ...describeSaid(reader)];
}
function describeSaid(reader) {
	const { around, error } = reader.said();
	return [...around, ...error === "" || error === reader.failure()?.error ? [] : error.split("\n").map((line) => `error: ${line}`)];
}
function runningSteps(reader) {
	const running = reader.steps().filter((step) => step.state === "running" && isShown(step));
	const isInstruction = ({ kind }) => kind === "instruction";
	return [...running.filter(isInstruction), ...running.filter((step) => !isInstruction(step))];
}
function isShown({ bytes, kind, seconds, state }) {
	return kind !== "housekeeping" || state === "failed" || seconds >= notable.seconds || bytes >= notable.bytes;
}
function describeStep(step) {
	const printed = step.log.lines();
	const outcome = describeOutcome(step);
	return printed.length === 0 ? [`${step.name} ${outcome}`] : [
		step.name,
		...printed.map((line) => `| ${endColour(line)}`),
		outcome
	];
}
function describeOutcome({ bytes, error, name, seconds, state }) {
	const time = `${seconds.toFixed(1)} s`;
	switch (state) {
		case "running": return `not done after ${time}`;
		case "done": return `done in ${time}${bytes >= notable.bytes ? `, ${formatBytes(bytes)}` : ""}`;
		case "cached": return "cached";
		case "failed": return name.startsWith("importing cache ") ? `done without: ${error}` : `failed after ${time}: ${error}`;
		case "cancelled": return `cancelled after ${time}`;
		default: return state;
	}
}
function endColour(line) {
	return line.includes("\x1B[") && !line.endsWith(colourOff) ? `${line}${colourOff}` : line;
}
// src/report/progress/live-block.ts
const maxSteps = 3;
const maxTransfers = 2;
const barWidth = 20;
const maxTextLength = 400;
function renderBlocks(platforms, space) {
	const { clean, columns, rows } = space;
	const show = (left, right = "") => fitLine(plainText(clean(left)), right, columns);
	const whole = platforms.flatMap((each) => [renderHead(each, show), ...renderSteps(each, show)]);
	if (whole.length <= rows) return whole;
	const short = platforms.map((each) => renderShort(each, show));
	if (short.length <= rows) return short;
	const fits = Math.max(rows - 1, 0);
	return [...short.slice(0, fits), show(`and ${short.length - fits} more platforms`)];
}
function renderHead({ emulated, platform, reader, seconds }, show) {
	if (reader === void 0) return show(`${platform}  waiting`);
	const { cached, planned, steps } = reader.cached();
	return show(`${platform}  ${[
		...planned === 0 ? ["starting"] : [`${steps} of ${planned} steps done`],
		...cached === 0 ? [] : [`${cached} cached`],
		...emulated ? ["emulated"] : []
	].join(", ")}`, formatSeconds(seconds ?? 0));
}
function renderShort(each, show) {
	const [step] = each.reader === void 0 ? [] : runningSteps(each.reader);
	if (step === void 0) return renderHead(each, show);
	return show(`${each.platform}  ${step.name}`, formatSeconds(each.seconds ?? 0));
}
function renderSteps({ reader }, show) {
	if (reader === void 0) return [];
	const running = runningSteps(reader);
	const [crash] = reader.crashes();
	return [
		...running.slice(0, maxSteps).flatMap((step) => [show(`  ${step.name}`, formatSeconds(step.seconds)), ...renderDetail(step, show)]),
		...running.length > maxSteps ? [show(`  and ${running.length - maxSteps} more`)] : [],
		...crash === void 0 ? [] : [show(`  QEMU crashed, so this may not end: ${crash.line}`)]
	];
}
function renderDetail(step, show) {
	if (step.transfers.length > 0) return step.transfers.slice(0, maxTransfers).map((each) => show(`    ${each.name}`, renderTransfer(each)));
	return step.log.last(1).map((line) => show(`    | ${line}`));
}
function renderTransfer({ bytes, totalBytes }) {
	if (totalBytes === 0) return bytes === 0 ? "" : formatBytes(bytes);
	const filled = Math.min(Math.floor(bytes / totalBytes * barWidth), barWidth);
	return `[${"=".repeat(filled).padEnd(barWidth)}] ${formatBytes(bytes)} of ${formatBytes(totalBytes)}`;
}
function formatSeconds(seconds) {
	return `${Math.floor(seconds)} s`;
}
function plainText(text) {
	return withoutColours(text).slice(0, maxTextLength).replaceAll(/\s/g, " ");
}
// src/report/progress/plain.ts
const heartbeat = 3e4;
const nameLength = 120;
function createPlainDisplay(options) {
	const { every, log, now } = options;
	const column = platformColumn(options.platforms);
	const beats = /* @__PURE__ */ new Set();
	return {
		follow: (platform, reader, { emulated = false } = {}) => {
			const name = column(platform);
			const begin = now();
			log.info(`${name}  building${emulated ? " (emulated)" : ""}`);
			const stop = every(heartbeat, () => {
				const seconds = Math.round((now() - begin) / 1e3);
				log.info(`${name}  still building after ${seconds} s: ${describeNow(reader)}`);
			});
			beats.add(stop);
			return {
				read: reader.read,
				end: ({ summary }) => {
					stop();
					beats.delete(stop);
					log.untrusted(`${name}  ${summary}`, [...describeSolve(reader), ...describeSaid(reader)]);
				}
			};
		},
		close: () => {
			for (const stop of beats) stop();
		}
	};
}
function platformColumn(platforms) {
	const width = Math.max(0, ...platforms.map(({ length }) => length));
	return (platform) => platform.padEnd(width);
}
function describeNow(reader) {
	const [step, ...others] = runningSteps(reader);
	const [crash] = reader.crashes();
	return [
		step === void 0 ? "BuildKit is between two steps" : shorten(step.name),
		...others.length === 0 ? [] : [` and ${others.length} more`],
		...crash === void 0 ? [] : [`; QEMU crashed, so this may not end: ${crash.line}`]
	].join("");
}
function shorten(name) {
	return name.length > nameLength ? `${name.slice(0, Math.max(name.lastIndexOf(" ", nameLength), 0))} …` : name;
}
// src/report/progress/live.ts
const redraw = 100;
function createLiveDisplay(options) {
	const { every, log, now, platforms, terminal } = options;
	const column = platformColumn(platforms);
	const followed = /* @__PURE__ */ new Map();
	const ended = /* @__PURE__ */ new Set();
	const draw = () => {
		const blocks = platforms.filter((platform) => !ended.has(platform)).map((platform) => {
			const known = followed.get(platform);
			return {
				platform: column(platform),
				...known === void 0 ? {} : {
					reader: known.reader,
					emulated: known.emulated,
					seconds: (now() - known.begin) / 1e3
				}
			};
		});
		terminal.pin(renderBlocks(blocks, {
			columns: terminal.columns(),
			rows: terminal.rows() - 1,
			clean: terminal.clean
		}));
	};
	const stop = every(redraw, draw);
	return {
		follow: (platform, reader, { emulated = false } = {}) => {
			ended.delete(platform);
			followed.set(platform, {
				reader,
				emulated,
				begin: now()
			});
			return {
				read: reader.read,
				end: ({ ok, summary }) => {
					ended.add(platform);
					draw();
					const line = `${column(platform)}  ${summary}`;
					if (ok) log.info(line);
					else log.untrusted(line, describeFailure(reader));
				}
			};
		},
		close: () => {
			stop();
			terminal.pin([]);
		}
	};
}
// src/report/progress/quiet.ts
function createQuietDisplay({ log }) {
	return {
		follow: (platform, reader) => ({
			read: reader.read,
			end: ({ ok, summary }) => {
				if (!ok) log.untrusted(`${platform}  ${summary}`, [...describeSolve(reader), ...describeSaid(reader)]);
			}
		}),
		close: () => {}
	};
}
// src/report/progress/raw.ts
function createRawDisplay({ log }) {
	const write = (fields) => log.info(escapeMarks(JSON.stringify(fields)));
	return {
		follow: (platform, reader) => ({
			read: (line) => {
				reader.read(line);
				const status = parse(line);
				if (status !== void 0) write({
					platform,
					...status
				});
			},
			end: ({ ok, summary }) => write({
				platform,
				ok,
				summary
			})
		}),
		close: () => {}
	};
}
function parse(line) {
	if (!line.startsWith("{")) return void 0;
	try {
		return JSON.parse(line);
	} catch {
		return;
	}
}
function escapeMarks(json) {
	return json.replaceAll(/#|(?<=section|travis)_(?=(?:start|end|fold|time):)|[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/gi, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
// src/report/progress/display.ts
function createProgressDisplay(options) {
	const { mode, terminal } = options;
	const all = {
		now: () => performance.now(),
		every: repeat,
		...options,
		terminal
	};
	switch (mode) {
		case "tty": return terminal === void 0 ? createPlainDisplay(all) : createLiveDisplay({
			...all,
			terminal
		});
		case "plain": return createPlainDisplay(all);
		case "rawjson": return createRawDisplay(all);
		case "quiet": return createQuietDisplay(all);
		default: return mode;
	}
}
const repeat = (milliseconds, work) => {
	const timer = setInterval(work, milliseconds).unref();
	return () => clearInterval(timer);
};
// src/report/progress/mode.ts
function chooseProgress(mode, where) {
	if (mode === "auto") return where.isTerminal && !where.ci ? "tty" : "plain";
	return mode === "tty" && !where.isTerminal ? "plain" : mode;
}
// src/steps/build/failure.ts
function solveFailure(platform, progress, end) {
	const { error, around } = progress.said();
	const how = end.signal === null ? `buildctl ended with exit code ${end.exitCode}` : `buildctl was killed by ${end.signal}`;
	const failed = progress.failure();
	const printed = failed?.log ?? [];
	const lines = [
		`${platform}: ${error === "" ? how : error}`,
		...around.map((line) => `  ${line}`),
		...failed === void 0 ? [] : [`  in ${failed.step}`, ...printed.map((line) => `  | ${line}`)]
	];
	return new WorkError(lines.join("\n"), { fix: solveAdvice([error, ...printed].join("\n"), platform) });
}
function joinFailures(failures, total) {
	const [first] = failures;
	if (failures.length === 1 && total === 1 && first instanceof WorkError) return first;
	const texts = failures.map((failure) => failure instanceof Error ? failure.message : String(failure));
	const fixes = failures.flatMap((failure) => failure instanceof WorkError ? failure.fix ?? [] : []);
	return new WorkError([`${failures.length} of ${total} platforms failed`, ...new Set(texts)].join("\n"), { fix: fixes.length === 0 ? void 0 : [...new Set(fixes)].join("\n") });
}
// src/steps/build/call.ts
async function callFrontend(plan, ports) {
	const { call, solves } = plan;
	const isCheck = call === "check" || call === "lint";
	const answers = /* @__PURE__ */ new Map();
	let broken;
	for (const { platform, solve } of solves) {
		const name = formatPlatform(platform);
		const answer = await ask(solve, name, ports);
		answers.set(answer, [...answers.get(answer) ?? [], name]);
		if (isCheck) broken ??= await findBroken(solve, name, ports);
	}
	for (const [answer, platforms] of answers) {
		const title = answers.size === 1 ? call : `${call} for ${platforms.join(", ")}`;
		ports.log.untrusted(title, answer.trim() === "" ? ["nothing to say"] : answer.trim().split("\n"));
	}
	const text = [...answers.keys()].join("\n");
	const findings = isCheck ? parseLint(text) : [];
	tellFindings(findings, plan, ports);
	if (broken !== void 0) throw broken;
	if (findings.length > 0) throw new WorkError(`the Dockerfile has ${findings.length === 1 ? "1 finding" : `${findings.length} findings`}`, { fix: "mend them, or say `# check=skip=RULE` at the Dockerfile's top" });
	return text;
}
async function ask(solve, platform, { exec }) {
	const progress = createProgressReader();
	try {
		return (await exec(solveCommand(solve), { onStderrLine: progress.read })).stdout;
	} catch (error) {
		throw error instanceof ExecError ? solveFailure(platform, progress, error) : error;
	}
}
async function findBroken(solve, platform, ports) {
	const options = [...solve.options.filter(([name]) => name !== "requestid"), ["requestid", "frontend.outline"]];
	try {
		await ask({
			...solve,
			options
		}, platform, ports);
		return;
	} catch (error) {
		if (error instanceof WorkError) return error;
		throw error;
	}
}
function tellFindings(findings, { dockerfiles }, { log }) {
	for (const { file, isError, line, message, rule, url } of findings) {
		const place = {
			file: dockerfiles.find((path) => basename(path) === file) ?? file,
			...line === void 0 ? {} : { line },
			title: rule
		};
		const said = [message, url].filter(Boolean).join(" ");
		if (isError) log.error(said, place);
		else log.warning(said, place);
	}
}
// src/steps/build/daemon-end.ts
const gone = /\bEOF\b|error reading from server|transport is closing|connection (refused|reset|error)|broken pipe|no such container|is not running|no such file or directory.*\.sock/i;
const patience = {
	tries: 10,
	milliseconds: 200
};
async function explainDaemonEnd(said, { exec, signal, state }) {
	const removal = state.read().builder?.removal;
	if (removal === void 0 || !gone.test(said)) return void 0;
	if (removal.kind === "process") {
		const { daemonProcessFailure } = await import("./process-life.js");
		return daemonProcessFailure(removal);
	}
	if (removal.kind !== "container") return void 0;
	const { engine, name } = removal;
	const format = "--format={{.State.Running}} {{.State.OOMKilled}} {{.State.ExitCode}}";
	const inspect = async () => {
		const { stdout } = await exec({
			program: engine,
			args: [
				"container",
				"inspect",
				format,
				name
			]
		});
		return stdout.trim().split(" ");
	};
	try {
		let [running, outOfMemory, exitCode] = await inspect();
		for (let tries = 0; running === "true" && tries < patience.tries; tries += 1) {
			await setTimeout$1(patience.milliseconds, void 0, { signal });
			[running, outOfMemory, exitCode] = await inspect();
		}
		if (running === "true") return void 0;
		const how = outOfMemory === "true" ? "was killed for want of memory" : `ended with exit code ${exitCode}`;
		return new WorkError(`BuildKit in the container ${name} ${how}:\n${await readLogs(removal, exec)}`, { fix: exitCode === "137" || outOfMemory === "true" ? "give it more memory, or build fewer platforms at once with max-parallel" : void 0 });
	} catch (error) {
		if (!(error instanceof ExecError)) throw error;
		return new WorkError(`the container ${name}, in which BuildKit ran, is gone`, {
			cause: error,
			fix: "something else removed it: find out what cleans up containers on this machine"
		});
	}
}
// src/steps/build/descriptors-file.ts
async function writeDescriptors(path, descriptors) {
	const draft = `${path}.${process.pid}`;
	try {
		await writeFile(draft, `${JSON.stringify(descriptors, void 0, 2)}\n`);
		await rename(draft, path);
	} catch (error) {
		await rm(draft, { force: true });
		throw await explainWriteError(error, path);
	}
}
// src/steps/build/full-disk.ts
const fullBelow = 65536;
async function explainFullDisk({ cacheExports, outputs }, platform, said) {
	const mentions = /no space left on device|disk quota exceeded/i.test(said);
	if (!mentions && !/\bEOF\b/.test(said)) return void 0;
	for (const { attributes, type } of [...outputs, ...cacheExports]) {
		const path = attributes.get("dest");
		if (path === void 0) continue;
		const free = await freeBytes(path);
		if (!(mentions ? said.includes(path) : free < fullBelow)) continue;
		if (type === "tar" || (type === "oci" || type === "docker") && !isFolder(attributes)) await rm(path, { force: true });
		return new WorkError(`${platform}: the disk is full: ${path} could not be written, ${free} bytes were free`, { fix: "free some space there, or name a place on another disk" });
	}
}
function isFolder(attributes) {
	const tar = attributes.get("tar");
	return tar !== void 0 && !isTrue(tar);
}
async function freeBytes(path) {
	try {
		const { bavail, bsize } = await statfs(path);
		return bavail * bsize;
	} catch {
		return path === dirname(path) ? Infinity : freeBytes(dirname(path));
	}
}
// src/steps/build/choose-node.ts
function chooseNode({ builder, platform }, { builders, nodes }) {
	const named = builder === void 0 ? void 0 : builders[builder];
	if (named !== void 0) return named;
	const lists = (platforms) => platforms?.some((candidate) => samePlatform(candidate, platform)) ?? false;
	const open = nodes.filter(({ endpoint }) => endpoint.platforms === void 0);
	const node = nodes.find(({ endpoint }) => lists(endpoint.platforms)) ?? open.find(({ workers: [own] }) => own !== void 0 && runsBySelf(platform, own)) ?? open.find(({ workers }) => lists(workers)) ?? open[0];
	if (node !== void 0) return node;
	throw new WorkError(`no BuildKit daemon is for ${formatPlatform(platform)}`, { fix: "name the platform behind one of the endpoints, or give an endpoint without platforms" });
}
function runsBySelf(platform, own) {
	return isNative(platform.architecture, own.architecture);
}
// src/steps/build/frontend-options.ts
function planFrontend(inputs, facts, line, version) {
	const source = planSource(facts, line);
	const contexts = planContexts(inputs, facts);
	const isBuilt = inputs.call === "build";
	return {
		locals: [...source.locals, ...contexts.locals],
		ociLayouts: contexts.ociLayouts,
		options: [
			...source.options,
			["platform", formatPlatform(line.platform)],
			...when(line.target ?? inputs.target, (target) => ["target", target]),
			...buildArguments(inputs, facts, line).map(([name, value]) => [`build-arg:${name}`, value]),
			...imageLabels(inputs, facts, version).map(([name, value]) => [`label:${name}`, value]),
			...contexts.options,
			...inputs.addHosts.length === 0 ? [] : [["add-hosts", extraHosts(inputs, facts)]],
			...inputs.network === "default" ? [] : [["force-network-mode", inputs.network]],
			...when(inputs.cgroupParent, (cgroup) => ["cgroup-parent", cgroup]),
			...inputs.shmSize === 0 ? [] : [["shm-size", String(inputs.shmSize)]],
			...inputs.ulimit.length === 0 ? [] : [["ulimit", formatCsv(inputs.ulimit)]],
			...inputs.pull ? [["image-resolve-mode", "pull"]] : [],
			...inputs.noCacheFilters.length === 0 ? [] : [["no-cache", formatCsv(inputs.noCacheFilters)]],
			...isBuilt ? [...attestations(inputs, facts), ...versionControl(facts)] : callOptions(inputs)
		]
	};
}
function when(text, pair) {
	return text === "" ? [] : [pair(text)];
}
function planSource({ context, cwd }, line) {
	if (context.kind === "url") {
		const file = line.file ?? context.file;
		return {
			locals: [],
			options: [["context", context.url], ...when(file, (name) => ["filename", name])]
		};
	}
	const file = line.file === void 0 ? context.file : resolve(cwd, line.file);
	return {
		locals: [["context", context.path], ["dockerfile", dirname(file)]],
		options: [["filename", basename(file)]]
	};
}
function planContexts({ buildContexts }, { cwd, layouts }) {
	const options = [];
	const locals = [];
	const ociLayouts = [];
	for (const { name, source } of buildContexts) switch (source.kind) {
		case "path": {
			const local = name === "context" || name === "dockerfile" ? `_${name}` : name;
			locals.push([local, resolve(cwd, source.path)]);
			options.push([`context:${name}`, `local:${local}`]);
			break;
		}
		case "image":
			options.push([`context:${name}`, `docker-image://${source.reference}`]);
			break;
		case "url":
			options.push([`context:${name}`, source.url]);
			break;
		case "oci-layout": {
			const id = `layout-${ociLayouts.length}`;
			ociLayouts.push([id, resolve(cwd, source.path)]);
			options.push([`context:${name}`, `oci-layout://${id}@${layouts[name]}`]);
			break;
		}
	}
	return {
		options,
		locals,
		ociLayouts
	};
}
function buildArguments(inputs, facts, line) {
	const given = [...inputs.buildArgs, ...line.buildArgs].map((argument) => {
		const equals = argument.indexOf("=");
		return equals === -1 ? [argument, facts.env[argument] ?? ""] : [argument.slice(0, equals), argument.slice(equals + 1)];
	});
	const names = new Set(given.map(([name]) => name.toLowerCase()));
	const epoch = sourceDateEpoch(inputs, facts);
	return [...new Map([
		...facts.proxies.filter(([name]) => !names.has(name.toLowerCase())),
		...epoch === void 0 ? [] : [["SOURCE_DATE_EPOCH", epoch]],
		...given
	])];
}
function sourceDateEpoch({ sourceDateEpoch: wanted }, facts) {
	if (wanted !== "commit") return wanted === "" ? facts.sourceDateEpoch : wanted;
	if (facts.context.kind === "url") return "context";
	if (facts.git.commitTime !== void 0) return String(facts.git.commitTime);
	throw new WorkError("source-date-epoch: the context is not in a Git repository, so there is no commit's time", { fix: "give the time in seconds instead of commit" });
}
function imageLabels({ labels }, facts, version) {
	return [...new Map(labels.flatMap((label) => label === "auto" ? Object.entries(ociLabels(facts.job, version, facts.now, facts.git.commitTime)) : [label]))];
}
function extraHosts({ addHosts }, { hostGateway }) {
	return formatCsv(addHosts.map(({ address, host }) => {
		if (address !== "host-gateway") return `${host}=${address}`;
		if (hostGateway !== void 0) return `${host}=${hostGateway}`;
		throw new WorkError(`add-hosts: what host-gateway of ${host} is can't be known of a daemon that others run`, { fix: "write the address instead" });
	}));
}
function attestations(inputs, facts) {
	const { attests, load, outputs, provenance, sbom } = inputs;
	const isReproducible = inputs.sourceDateEpoch !== "";
	const intoDocker = load || outputs.some(({ type }) => type === "docker");
	return [...planAttestations({
		attests,
		provenance,
		sbom,
		hasDefault: !intoDocker && !isReproducible && !facts.withoutDefaultAttestations,
		isPrivate: facts.job.isPrivate ?? true,
		onGithub: facts.job.ci === "github",
		builderId: facts.job.runUrl
	})].map(([type, parameters]) => [`attest:${type}`, parameters]);
}
function versionControl({ git, inRepository }) {
	if (inRepository === void 0) return [];
	return [
		...when(git.repositoryUrl ?? "", (url) => ["vcs:source", url]),
		...when(git.commit ?? "", (commit) => ["vcs:revision", commit]),
		["vcs:localdir:context", inRepository.context],
		["vcs:localdir:dockerfile", inRepository.file]
	];
}
const requests = {
	check: "frontend.lint",
	lint: "frontend.lint",
	outline: "frontend.outline",
	targets: "frontend.targets"
};
function callOptions({ call }) {
	return call === "build" ? [] : [["requestid", requests[call]]];
}
// src/steps/build/secrets.ts
function planSecrets(inputs, facts) {
	const files = [];
	const secrets = [];
	for (const { id, source } of givenSecrets(inputs, facts)) switch (source.kind) {
		case "value": {
			const path = join(facts.folder, `secret-${files.length}`);
			files.push({
				path,
				text: source.value
			});
			secrets.push({
				id,
				file: path
			});
			break;
		}
		case "env":
			if (!facts.absentSecrets.includes(id)) secrets.push({
				id,
				env: source.name
			});
			break;
		case "file": if (!facts.absentSecrets.includes(id)) secrets.push({
			id,
			file: resolve(facts.cwd, source.path)
		});
	}
	return {
		files,
		secrets
	};
}
function givenSecrets(inputs, { context, job }) {
	const given = [
		...inputs.secrets,
		...inputs.secretEnvs,
		...inputs.secretFiles
	];
	if (!(context.kind === "url" && job.gitContext !== void 0 && context.url.startsWith(job.gitContext) && inputs.githubToken !== "") || given.some(({ id }) => id.startsWith("GIT_AUTH_TOKEN"))) return given;
	const host = new URL(context.url).host;
	const token = {
		kind: "value",
		value: inputs.githubToken
	};
	return [...given, {
		id: `GIT_AUTH_TOKEN.${host}`,
		optional: false,
		source: token
	}];
}
// src/steps/build/plan.ts
function planBuild(inputs, facts) {
	const { targets, version } = planTargets(withOutputTargets(inputs), facts.job, facts.now);
	const isBuilt = inputs.call === "build";
	const push = isBuilt && pushes(inputs);
	const repositories = push ? targets.map(({ repository }) => repository) : [];
	const annotations = allAnnotations(inputs, facts, version);
	const { files, secrets } = planSecrets(inputs, facts);
	const lines = platformLines(inputs, facts);
	return {
		folder: facts.folder,
		files,
		dockerfiles: dockerfiles(lines, facts),
		call: inputs.call,
		repositories,
		registries: facts.registries,
		annotations: annotations.filter(({ level }) => level !== "manifest"),
		descriptorsFile: inputs.descriptorsFile === "" ? void 0 : resolve(facts.cwd, inputs.descriptorsFile),
		limits: {
			parallel: inputs.maxParallel === 0 ? Infinity : inputs.maxParallel,
			failFast: inputs.failFast,
			timeout: inputs.platformTimeout,
			retries: inputs.retries
		},
		progress: inputs.progress,
		summary: facts.wantsSummary,
		solves: lines.map((line, index) => {
			const { platform } = line;
			const { endpoint, workers } = chooseNode(line, facts);
			const several = lines.length > 1;
			const own = ownNames(inputs, targets, platform);
			const archive = join(facts.folder, `${index}.tar`);
			return {
				platform,
				emulated: workers[0] !== void 0 && !runsBySelf(platform, workers[0]),
				archive: isBuilt && loads(inputs) ? archive : void 0,
				tags: push ? [...own, ...handoffTags(inputs, facts, repositories, platform)] : [],
				solve: {
					buildctl: facts.buildctl,
					endpoint,
					...planFrontend(inputs, facts, line, version),
					secrets,
					ssh: inputs.ssh.map((one) => ({
						...one,
						paths: one.paths.map((path) => resolve(facts.cwd, path))
					})),
					allow: entitlements(inputs),
					noCache: inputs.noCache,
					cacheImports: inputs.cacheFrom.flatMap((cache) => cacheImportsFor(cache, platform, several)),
					cacheExports: isBuilt ? inputs.cacheTo.map((cache) => cacheExportFor(cache, platform, several)) : [],
					outputs: isBuilt ? planExports({
						outputs: inputs.outputs,
						push,
						load: loads(inputs),
						repositories,
						names: several ? own : targets.flatMap(({ tags }) => tags),
						annotations,
						rewriteTimestamps: inputs.sourceDateEpoch !== "",
						platform,
						several,
						cwd: facts.cwd,
						archive
					}) : [],
					registries: facts.registries,
					...isBuilt ? { metadataFile: join(facts.folder, `${index}.json`) } : {}
				}
			};
		})
	};
}
function platformLines({ platforms }, { nodes }) {
	if (platforms.length > 0) return platforms;
	const own = nodes[0]?.workers[0];
	if (own !== void 0) return [{
		platform: own,
		buildArgs: []
	}];
	throw new WorkError("the daemon's own platform is not known, because it can't be asked", { fix: "name the platforms" });
}
function dockerfiles(lines, { context, cwd }) {
	return [...new Set(lines.map(({ file }) => file === void 0 ? context.file : resolve(cwd, file)))].map((file) => {
		const path = relative(cwd, file);
		return path.startsWith("..") ? file : path;
	});
}
function ownNames({ platformTags }, targets, platform) {
	return targets.flatMap(({ repository, tags }) => platformTags.flatMap((template) => {
		const filled = fillPlatform(template, platform);
		return (template.includes("{tag}") ? tags.map(({ tag = "" }) => filled.replaceAll("{tag}", tag)) : [filled]).map((tag) => withTarget(repository, { tag }));
	}));
}
function handoffTags({ handoff }, { job }, repositories, platform) {
	if (handoff === "none") return [];
	const tag = stagingTag(job, platform);
	return repositories.map((repository) => withTarget(repository, { tag }));
}
function entitlements({ allow, network }) {
	return [.../* @__PURE__ */ new Set([...allow, ...network === "host" ? ["network.host"] : []])];
}
function allAnnotations({ annotations }, facts, version) {
	return annotations.flatMap((annotation) => annotation === "auto" ? Object.entries(ociLabels(facts.job, version, facts.now, facts.git.commitTime)).flatMap(([key, value]) => [{
		level: "manifest",
		key,
		value
	}, {
		level: "index",
		key,
		value
	}]) : annotation);
}
function describeBuild({ solves }) {
	return solves.flatMap(({ archive, solve, tags }) => [
		formatCommand(solveCommand(solve)),
		...archive === void 0 ? [] : [formatCommand(loadCommand(archive))],
		...tags.map((tag) => `tag ${formatReference(tag)}`)
	]);
}
function loadCommand(archive) {
	return {
		program: "docker",
		args: ["load", `--input=${archive}`]
	};
}
// src/steps/build/schedule.ts
async function runSolves(solves, limits, signal, run) {
	const failed = new AbortController();
	const slots = createSlots(limits.parallel);
	return Promise.allSettled(solves.map(async (solve) => {
		const free = await slots();
		try {
			const any = AbortSignal.any([signal, failed.signal]);
			any.throwIfAborted();
			return await withTimeout(solve, limits.timeout, any, (limited) => run(solve, limited));
		} catch (error) {
			const what = `${formatPlatform(solve.platform)} failed`;
			if (limits.failFast) failed.abort(new WorkError(`stopped, because ${what}`));
			throw error;
		} finally {
			free();
		}
	}));
}
async function withTimeout({ platform }, milliseconds, signal, work) {
	if (milliseconds === 0) return work(signal);
	const controller = new AbortController();
	const timer = setTimeout(() => {
		const name = formatPlatform(platform);
		controller.abort(new WorkError(`${name} took longer than the ${milliseconds / 1e3} s of platform-timeout, and was stopped`, { fix: `raise platform-timeout, or build ${name} on a machine of its own kind` }));
	}, milliseconds);
	try {
		return await work(AbortSignal.any([signal, controller.signal]));
	} finally {
		clearTimeout(timer);
	}
}
function createSlots(count) {
	let free = count;
	const waiting = [];
	const release = () => {
		const next = waiting.shift();
		if (next === void 0) free += 1;
		else next();
	};
	return async () => {
		if (free > 0) free -= 1;
		else await new Promise((resolve) => void waiting.push(resolve));
		return release;
	};
}
// src/steps/build/execute.ts
async function executeBuild(plan, ports) {
	try {
		await writeFiles(plan);
		if (plan.call !== "build") return {
			images: [],
			answer: await callFrontend(plan, ports)
		};
		const images = await buildAll(plan, ports);
		tellWarnings(plan, images, ports);
		await Promise.all([loadArchives(plan, ports), tagBuilt(plan, images, ports)]);
		remember(plan, images, ports);
		if (plan.descriptorsFile !== void 0) await writeDescriptors(plan.descriptorsFile, pushedDescriptors(images));
		return {
			images,
			answer: void 0
		};
	} finally {
		await rm(plan.folder, {
			recursive: true,
			force: true
		});
	}
}
async function writeFiles({ files, folder }) {
	try {
		await mkdir(folder, {
			recursive: true,
			mode: 448
		});
		writePrivateFiles(files);
	} catch (error) {
		throw await explainWriteError(error, folder);
	}
}
async function buildAll(plan, ports) {
	const { limits, solves } = plan;
	const display = createProgressDisplay({
		mode: chooseProgress(plan.progress, {
			isTerminal: ports.terminal !== void 0,
			ci: (await ports.job.fromCi()).ci !== "none"
		}),
		platforms: solves.map(({ platform }) => formatPlatform(platform)),
		log: ports.log,
		terminal: ports.terminal
	});
	try {
		const settled = await runSolves(solves, limits, ports.signal, (solve, signal) => performSolve(solve, {
			signal,
			display,
			retries: limits.retries
		}, ports));
		const failures = settled.flatMap((result) => result.status === "rejected" ? [result.reason] : []);
		const cancelled = failures.find((failure) => failure instanceof CancelledError);
		if (cancelled !== void 0) throw cancelled;
		if (failures.length > 0) throw joinFailures(failures, solves.length);
		return settled.flatMap((result) => result.status === "fulfilled" ? [result.value] : []);
	} finally {
		display.close();
	}
}
async function performSolve(planned, { display, retries, signal }, ports) {
	const { emulated, platform, solve } = planned;
	const name = formatPlatform(platform);
	const begin = performance.now();
	const elapsed = () => (performance.now() - begin) / 1e3;
	for (let tries = 0;; tries += 1) {
		const reader = createProgressReader();
		const shown = display.follow(name, reader, { emulated });
		try {
			await ports.exec(solveCommand(solve), {
				signal,
				onStderrLine: shown.read
			});
			const metadata = await readMetadata(planned);
			const told = {
				steps: reader.cached(),
				warnings: reader.warnings()
			};
			const image = {
				...metadata,
				...told,
				platform,
				emulated,
				seconds: elapsed()
			};
			shown.end({
				ok: true,
				summary: summarise(image, solve.outputs)
			});
			return image;
		} catch (error) {
			const { error: said } = reader.said();
			const passes = error instanceof ExecError && tries < retries && isPassing(said);
			const again = passes ? `, tried again in ${2 ** tries} s: ${said}` : "";
			shown.end({
				ok: false,
				summary: `failed after ${elapsed().toFixed(1)} s${again}`
			});
			if (!passes) throw await explain(error, planned, reader, ports);
			await setTimeout$1(2 ** tries * 1e3, void 0, { signal });
		}
	}
}
async function explain(error, { platform, solve }, reader, ports) {
	if (!(error instanceof ExecError)) return error;
	const name = formatPlatform(platform);
	return await explainFullDisk(solve, name, `${reader.said().error}\n${reader.failure()?.error}`) ?? await explainDaemonEnd(error.stderr, ports) ?? solveFailure(name, reader, error);
}
async function readMetadata({ platform, solve }) {
	const name = formatPlatform(platform);
	let text;
	try {
		text = await readFile(solve.metadataFile ?? "", "utf8");
	} catch (error) {
		if (!solve.outputs.some(makesImage)) return {
			descriptor: void 0,
			configDigest: void 0,
			document: {}
		};
		throw new WorkError(`${name}: buildctl left no metadata`, { cause: error });
	}
	const metadata = parseMetadata(text, platform, name);
	if (metadata.descriptor === void 0 && solve.outputs.some(isPushed)) throw new WorkError(`${name}: BuildKit's metadata does not tell which image was pushed`);
	return metadata;
}
function makesImage({ type }) {
	return type === "image" || type === "oci" || type === "docker";
}
function summarise({ descriptor, seconds, steps }, outputs) {
	const cached = steps.steps === 0 ? "" : `, ${steps.cached} of ${steps.steps} steps cached`;
	const done = outputs.some(isPushed) ? "pushed" : "built";
	return `${descriptor === void 0 ? done : `${done} ${descriptor.digest}`} after ${seconds.toFixed(1)} s${cached}`;
}
function tellWarnings({ dockerfiles }, images, { env, log }) {
	if (/^(0|f|false)$/i.test(env["DOCKER_BUILD_CHECKS_ANNOTATIONS"] ?? "")) return;
	const told = /* @__PURE__ */ new Set();
	for (const { endLine, file, line, short, url } of images.flatMap(({ warnings }) => warnings)) {
		const path = dockerfiles.find((one) => basename(one) === file) ?? file;
		const place = {
			...path === "" ? {} : { file: path },
			...line === void 0 ? {} : { line },
			...endLine === void 0 ? {} : { endLine }
		};
		const text = [short, url].filter(Boolean).join(" ");
		const key = JSON.stringify([text, place]);
		if (!told.has(key)) log.warning(text, place);
		told.add(key);
	}
}
async function loadArchives({ solves }, { exec, log }) {
	for (const { archive } of solves) {
		if (archive === void 0) continue;
		const { stdout } = await exec(loadCommand(archive));
		log.info(stdout.trim());
	}
}
async function tagBuilt(plan, images, ports) {
	const tagged = images.flatMap(({ descriptor }, index) => descriptor === void 0 ? [] : [{
		digest: descriptor.digest,
		tags: plan.solves[index]?.tags ?? []
	}]);
	if (tagged.every(({ tags }) => tags.length === 0)) return;
	const { tagImages } = await import("./platform-tags.js");
	await tagImages(tagged, plan.registries, ports);
}
function pushedDescriptors(images) {
	return images.flatMap(({ descriptor }) => descriptor ?? []);
}
function remember({ annotations, repositories }, images, ports) {
	if (repositories.length === 0) return;
	const descriptors = images.flatMap(({ configDigest, descriptor }) => descriptor === void 0 ? [] : [{
		...descriptor,
		...configDigest === void 0 ? {} : { configDigest }
	}]);
	ports.state.update((state) => ({
		...state,
		annotations,
		builds: {
			...state.builds,
			...Object.fromEntries(repositories.map((repository) => [formatReference(repository), descriptors]))
		}
	}));
}
// src/steps/build/oci-layout.ts
function layoutDigest(folder, tag) {
	const text = readFileSync(join(folder, "index.json"), "utf8");
	return chooseDigest(JSON.parse(text), folder, tag);
}
function chooseDigest({ manifests = [] }, folder, tag) {
	const named = manifests.filter(({ annotations }) => {
		const name = annotations?.["org.opencontainers.image.ref.name"] ?? "";
		return tag !== void 0 && (name === tag || name.endsWith(`:${tag}`));
	});
	const [found, ...others] = tag === void 0 ? manifests : named;
	if (found?.digest !== void 0 && others.length === 0) return found.digest;
	const wanted = tag === void 0 ? "one image" : `one image ${tag}`;
	throw new WorkError(`build-contexts: the OCI layout ${folder} does not hold just ${wanted}`, { fix: "name it behind the folder, as in oci-layout://FOLDER:TAG or oci-layout://FOLDER@DIGEST" });
}
// src/steps/build/probe.ts
async function probeBuild(inputs, ports) {
	const { cwd, env } = ports;
	maskSecrets(inputs, ports);
	const { builder, registries = [] } = ports.state.read();
	const buildctl = builder?.buildctl ?? "buildctl";
	const given = resolveRegistries(inputs.registries, cwd);
	const context = findSource(inputs, await ports.job.fromCi(), cwd);
	const names = [...new Set(inputs.platforms.flatMap((line) => line.builder ?? []))];
	const ask = async (endpoint) => ({
		endpoint,
		workers: await askDaemon(buildctl, endpoint, ports)
	});
	const needsNodes = inputs.platforms.length === 0 || inputs.platforms.some((line) => line.builder === void 0);
	const [nodes, named, { git, job }, hostGateway] = await Promise.all([
		needsNodes ? probeNodes(findEndpoints(inputs, ports), inputs, ask, ports) : [],
		Promise.all(names.map((name) => ask(resolveBuilder(parseBuilder(name), ports)))),
		needsGit(inputs) ? ports.job.withGit() : {
			job: await ports.job.fromCi(),
			git: { tags: [] }
		},
		inputs.addHosts.some(({ address }) => address === "host-gateway") ? findHostGateway(ports) : void 0
	]);
	return {
		nodes,
		builders: Object.fromEntries(names.flatMap((name, index) => {
			const node = named[index];
			return node === void 0 ? [] : [[name, node]];
		})),
		buildctl,
		registries: given.length > 0 ? given : registries,
		cwd,
		folder: join(env["RUNNER_TEMP"] || tmpdir(), `multiarch-build-${randomBytes(6).toString("hex")}`),
		context,
		inRepository: placeInRepository(context, git),
		layouts: readLayouts(inputs, cwd),
		env: namedArguments(inputs, ports),
		proxies: readProxies(ports),
		sourceDateEpoch: env["SOURCE_DATE_EPOCH"] || void 0,
		absentSecrets: findSecrets(inputs, ports).absent,
		hostGateway,
		withoutDefaultAttestations: /^(1|t|true)$/i.test(env["BUILDX_NO_DEFAULT_ATTESTATIONS"] ?? ""),
		wantsSummary: !/^(0|f|false)$/i.test(env["DOCKER_BUILD_SUMMARY"] ?? ""),
		job,
		git,
		now: /* @__PURE__ */ new Date()
	};
}
function needsGit(inputs) {
	const { annotations, attests, handoff, labels, provenance, sourceDateEpoch, tags } = inputs;
	return !/^(0|f|false)$/i.test(provenance) || attests.length > 0 || [...labels, ...annotations].includes("auto") || tags.some(({ kind }) => kind === "rule" || kind === "auto") || sourceDateEpoch === "commit" || handoff === "registry";
}
async function probeNodes(endpoints, { platforms }, ask, { state }) {
	const { builder } = state.read();
	const [only, ...others] = endpoints;
	if (only !== void 0 && builder?.endpoints[0]?.address === only.address && others.length === 0 && platforms.length > 0 && builder?.architecture !== void 0) return [{
		endpoint: only,
		workers: [{
			os: "linux",
			architecture: builder.architecture
		}]
	}];
	return Promise.all(endpoints.map(ask));
}
function findEndpoints({ builder }, ports) {
	const known = ports.state.read().builder?.endpoints ?? [];
	const host = ports.env["BUILDKIT_HOST"] ?? "";
	if (builder !== void 0) return [resolveBuilder(builder, ports)];
	if (host !== "") return known[0]?.address === host ? known : [{ address: host }];
	if (known.length > 0) return known;
	throw new WorkError("there is no BuildKit daemon to build with", { fix: "run setup before build, or set BUILDKIT_HOST or builder to the address of one" });
}
function resolveBuilder(named, { cwd, log, state }) {
	const { builder } = state.read();
	const same = [...builder?.endpoints ?? [], ...builder?.exposed === void 0 ? [] : [builder.exposed]].find(({ address }) => address === named.address);
	if (same !== void 0) return same;
	const { endpoints, warnings } = planRemote({
		endpoints: [named],
		tls: {},
		insecure: true,
		folder: "",
		cwd
	});
	for (const warning of warnings) log.warning(warning);
	const [endpoint] = endpoints;
	if (endpoint === void 0) throw new WorkError(`${named.address} is no daemon`);
	return endpoint;
}
async function askDaemon(buildctl, endpoint, ports) {
	try {
		return await probeWorkers(buildctl, endpoint, ports.exec);
	} catch (error) {
		if (ports.dryRun) return [];
		if (error instanceof ProgramMissingError) throw new WorkError("buildctl was not found", {
			cause: error,
			fix: "run setup before build, which fetches it, or put buildctl on PATH"
		});
		if (!(error instanceof ExecError)) throw error;
		throw new WorkError(`the BuildKit daemon at ${endpoint.address} does not answer`, {
			cause: error,
			fix: "is it still running? setup starts one; BUILDKIT_HOST or builder name another"
		});
	}
}
function namedArguments({ buildArgs, platforms }, { env }) {
	const all = [...buildArgs, ...platforms.flatMap((line) => line.buildArgs)];
	return Object.fromEntries(all.filter((argument) => !argument.includes("=")).map((name) => [name, env[name] ?? ""]));
}
function readLayouts({ buildContexts }, cwd) {
	return Object.fromEntries(buildContexts.flatMap(({ name, source }) => source.kind === "oci-layout" ? [[name, source.digest ?? layoutDigest(resolve(cwd, source.path), source.tag)]] : []));
}
function readProxies({ env }) {
	const path = dockerConfigPath(env);
	if (path === void 0 || !existsSync(path)) return [];
	try {
		return proxyArguments(JSON.parse(readFileSync(path, "utf8")), env["DOCKER_HOST"]);
	} catch {
		return [];
	}
}
function placeInRepository(context, git) {
	if (context.kind === "url" || git.root === void 0) return void 0;
	const place = (path) => relative(git.root ?? "", realpathSync(path)) || ".";
	const [folder, dockerfiles] = [place(context.path), place(dirname(context.file))];
	return folder.startsWith("..") || dockerfiles.startsWith("..") ? void 0 : {
		context: folder,
		file: dockerfiles
	};
}
async function findHostGateway({ exec, state }) {
	const removal = state.read().builder?.removal;
	if (removal?.kind === "process") return "127.0.0.1";
	if (removal?.kind !== "container") return void 0;
	const { stdout } = await exec({
		program: removal.engine,
		args: [
			"container",
			"inspect",
			"--format={{.HostConfig.NetworkMode}} {{range .NetworkSettings.Networks}}{{.Gateway}} {{end}}",
			removal.name
		]
	});
	const [mode, gateway] = stdout.trim().split(/\s+/);
	return mode === "host" ? "127.0.0.1" : gateway;
}
// src/steps/build/work.ts
const buildWork = {
	probe: probeBuild,
	plan: planBuild,
	describe: describeBuild,
	execute: executeBuild,
	report: ({ answer, images }, plan) => ({
		outputs: answer === void 0 ? imageOutputs(images, plan) : {},
		variables: {},
		paths: [],
		lines: answer === void 0 ? [summary(images, plan)] : [],
		...answer === void 0 && plan.summary ? { summary: summaryTable(images) } : {}
	})
};
function imageOutputs(images, plan) {
	const [only, ...others] = images;
	const single = others.length === 0 ? only : void 0;
	const digest = single?.descriptor?.digest;
	const imageId = single?.configDigest ?? digest;
	return {
		...plan.repositories.length === 0 ? {} : { descriptors: JSON.stringify(pushedDescriptors(images)) },
		...digest === void 0 ? {} : { digest },
		...imageId === void 0 ? {} : { imageid: imageId },
		metadata: JSON.stringify(single?.document ?? Object.fromEntries(images.map(({ document, platform }) => [formatPlatform(platform), document]))),
		results: JSON.stringify(images.map(describeImage))
	};
}
function describeImage(image) {
	const { configDigest, descriptor, emulated, platform, seconds, steps, warnings } = image;
	return {
		platform: formatPlatform(platform),
		digest: descriptor?.digest,
		size: descriptor?.size,
		imageid: configDigest,
		seconds: Number(seconds.toFixed(3)),
		steps: steps.steps,
		cached: steps.cached,
		emulated,
		warnings: warnings.map(({ short }) => short)
	};
}
function summaryTable(images) {
	return renderMarkdownTable("Built", [[
		"platform",
		"digest",
		"time",
		"cached",
		"how",
		"warnings"
	], ...images.map(({ descriptor, emulated, platform, seconds, steps, warnings }) => [
		formatPlatform(platform),
		descriptor?.digest ?? "",
		`${seconds.toFixed(1)} s`,
		`${steps.cached} of ${steps.steps} steps`,
		emulated ? "emulated" : "native",
		String(warnings.length)
	])]);
}
function summary(images, { repositories, solves }) {
	const built = `built ${images.length === 1 ? "1 platform" : `${images.length} platforms`}`;
	return repositories.length > 0 || solves.some(({ solve }) => solve.outputs.length > 0) ? built : `${built}; the result is in the cache alone, as neither push nor load nor outputs is given`;
}
export { checkBuild as n, buildWork as t };
