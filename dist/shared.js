import { C as formatReference, E as withTarget, F as samePlatform, M as isKnownPlatform, N as normalizePlatform, O as isDigest, P as parsePlatform, S as formatFamiliar, T as parseTarget, b as fillPlatform, h as isJsonObject, j as formatPlatform, m as parseDescriptor, w as parseReference, x as hasPlatform, y as checkTemplate } from "./oci.js";
import { r as parseLayoutReference, t as isLayoutText } from "./reference.js";
import { n as parseImageMirror } from "./sources.js";
import { AsyncLocalStorage } from "node:async_hooks";
import { once } from "node:events";
import { accessSync, appendFileSync, closeSync, constants, existsSync, lstatSync, mkdirSync, openSync, readFileSync, readdirSync, readlinkSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { subscribe } from "node:diagnostics_channel";
import { delimiter, dirname, join, resolve } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { parseArgs } from "node:util";
import { X509Certificate, createHash, createPrivateKey, randomBytes } from "node:crypto";
import { hostname, tmpdir, userInfo } from "node:os";
import { connect, isIP } from "node:net";
import { readFile, statfs } from "node:fs/promises";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
// src/errors.ts
var InputError = class extends Error {
	name = "InputError";
	problems;
	constructor(problems, options) {
		const list = typeof problems === "string" ? [problems] : problems;
		super(list.join("\n"), options);
		this.problems = list;
	}
};
var WorkError = class extends Error {
	name = "WorkError";
	fix;
	constructor(message, options) {
		super(message, options);
		this.fix = options?.fix;
	}
};
var CancelledError = class extends Error {
	name = "CancelledError";
	signal;
	constructor(signal) {
		super(`cancelled by ${signal}`);
		this.signal = signal;
	}
};
function describeError(error) {
	if (!(error instanceof Error)) return String(error);
	const lines = [error.message];
	for (let cause = error.cause; cause instanceof Error; cause = cause.cause) if (cause.message !== "" && !lines.some((line) => line.includes(cause.message))) lines.push(`cause: ${cause.message}`);
	if (error instanceof WorkError && error.fix !== void 0) lines.push(`fix: ${error.fix}`);
	return lines.join("\n");
}
// src/exec.ts
var ExecError = class extends WorkError {
	name = "ExecError";
	command;
	exitCode;
	signal;
	stdout;
	stderr;
	constructor(command, end) {
		const how = end.signal === null ? `exit code ${end.exitCode}` : `killed by ${end.signal}`;
		const said = end.stderr.trim() || end.stdout.trim();
		super(`${command.program} ${command.args[0] ?? ""} failed (${how})${said === "" ? "" : `: ${said}`}`);
		this.command = command;
		this.exitCode = end.exitCode;
		this.signal = end.signal;
		this.stdout = end.stdout;
		this.stderr = end.stderr;
	}
};
var ProgramMissingError = class extends WorkError {
	name = "ProgramMissingError";
	program;
	constructor(program, options) {
		super(`${program} was not found on PATH`, {
			...options,
			fix: `install ${program} or put it on PATH`
		});
		this.program = program;
	}
};
const graceMilliseconds = 2e3;
const spawning = new AsyncLocalStorage();
let subscribed = false;
const exec = async (command, options = {}) => {
	const { signal } = options;
	throwIfCancelled(signal);
	const program = findProgram(command.program, process.env["PATH"] ?? "");
	if (program === void 0) throw new ProgramMissingError(command.program);
	const runner = await import("./exec.js");
	throwIfCancelled(signal);
	if (!subscribed) {
		subscribed = true;
		subscribe("child_process", (message) => {
			spawning.getStore()?.(message.process);
		});
	}
	const children = [];
	const cancel = () => {
		for (const child of children) stop(child);
	};
	const stdout = capture(options.onStdoutLine);
	const stderr = capture(options.onStderrLine);
	signal?.addEventListener("abort", cancel);
	let exitCode;
	try {
		exitCode = await spawning.run((child) => {
			children.push(child);
			if (signal?.aborted) child.once("spawn", () => stop(child));
			if (options.stdin === void 0) child.once("spawn", () => child.stdin?.end());
		}, () => runner.exec(`"${program}"`, [...command.args], {
			silent: true,
			ignoreReturnCode: true,
			env: { ...options.env ?? childEnvironment(process.env) },
			...options.cwd === void 0 ? {} : { cwd: options.cwd },
			...options.stdin === void 0 ? {} : { input: Buffer.from(options.stdin) },
			listeners: {
				stdout: stdout.write,
				stderr: stderr.write
			}
		}));
	} catch (error) {
		if (children.length === 0) throw new ProgramMissingError(command.program, { cause: error });
		throw new WorkError(`${command.program} could not be run`, { cause: error });
	} finally {
		signal?.removeEventListener("abort", cancel);
		stdout.end();
		stderr.end();
	}
	throwIfCancelled(signal);
	const killedBy = children.at(-1)?.signalCode ?? null;
	const result = {
		stdout: stdout.text(),
		stderr: stderr.text()
	};
	if (exitCode !== 0 || killedBy !== null) throw new ExecError(command, {
		...result,
		exitCode,
		signal: killedBy
	});
	return result;
};
function findProgram(name, path) {
	if (name.includes("/") || process.platform === "win32") return name;
	return path.split(delimiter).filter((folder) => folder.startsWith("/")).map((folder) => join(folder, name)).find((file) => {
		try {
			accessSync(file, constants.X_OK);
			return statSync(file).isFile();
		} catch {
			return false;
		}
	});
}
const startDetached = async (command, { env, cwd, log }) => {
	const { spawn } = await import("node:child_process");
	const output = openSync(log, "a", 384);
	let end;
	try {
		const child = spawn(command.program, [...command.args], {
			cwd,
			env,
			detached: true,
			stdio: [
				"ignore",
				output,
				output
			]
		});
		child.once("exit", (code, signal) => {
			end = signal === null ? `exit code ${code}` : `killed by ${signal}`;
		});
		await once(child, "spawn");
		child.unref();
		return {
			pid: child.pid ?? 0,
			ended: () => end
		};
	} catch (error) {
		throw new WorkError(`${command.program} could not be started`, { cause: error });
	} finally {
		closeSync(output);
	}
};
function execToEnd(signal) {
	return async (command, options) => {
		throwIfCancelled(signal);
		const result = await exec(command, options);
		throwIfCancelled(signal);
		return result;
	};
}
function childEnvironment(env) {
	return Object.fromEntries(Object.entries(env).filter((entry) => entry[1] !== void 0 && !/^(INPUT|PLUGIN|MULTIARCH)_/.test(entry[0])));
}
function formatCommand(command) {
	return [command.program, ...command.args].map(shellQuote).join(" ");
}
function shellQuote(text) {
	return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
function throwIfCancelled(signal) {
	if (signal?.aborted) throw signal.reason instanceof Error ? signal.reason : new CancelledError("SIGTERM");
}
function stop(child) {
	if (child.exitCode !== null || child.signalCode !== null) return;
	child.kill("SIGINT");
	setTimeout(() => child.kill("SIGKILL"), graceMilliseconds).unref();
}
function capture(onLine) {
	const decoder = new StringDecoder("utf8");
	let kept = "";
	let rest = "";
	const take = (text) => {
		kept = (kept + text).slice(-1048576);
		if (onLine === void 0) return;
		const lines = (rest + text).split("\n");
		rest = lines.pop() ?? "";
		for (const line of lines) onLine(line.replace(/\r$/, ""));
	};
	return {
		write: (data) => take(decoder.write(data)),
		end: () => {
			take(decoder.end());
			if (onLine !== void 0 && rest !== "") onLine(rest);
			rest = "";
		},
		text: () => kept
	};
}
// src/host/detect.ts
const marks = {
	github: (env) => env["GITHUB_ACTIONS"] === "true",
	gitlab: has("GITLAB_CI"),
	travis: has("TRAVIS"),
	circleci: has("CIRCLECI"),
	azure: has("TF_BUILD"),
	buildkite: has("BUILDKITE"),
	woodpecker: (env) => env["CI"] === "woodpecker",
	drone: has("DRONE"),
	bitbucket: has("BITBUCKET_BUILD_NUMBER"),
	appveyor: has("APPVEYOR"),
	codefresh: has("CF_BUILD_ID"),
	teamcity: has("TEAMCITY_VERSION"),
	jenkins: has("JENKINS_URL")
};
const names$3 = Object.keys(marks);
function detectCi(env) {
	return names$3.find((name) => marks[name](env));
}
function has(variable) {
	return (env) => (env[variable] ?? "") !== "";
}
// src/report/progress/width.ts
function displayWidth(line) {
	let width = 0;
	for (const character of line) width += widthOf(character);
	return width;
}
function fitLine(left, right, columns) {
	const room = columns - (right === "" ? 0 : displayWidth(right) + 1);
	if (room < 2) return truncate(left, columns);
	const text = truncate(left, room);
	return right === "" ? text : `${text}${" ".repeat(room - displayWidth(text))} ${right}`;
}
function truncate(line, columns) {
	if (displayWidth(line) <= columns) return line;
	let kept = "";
	let width = 1;
	for (const character of line) {
		width += widthOf(character);
		if (width > columns) break;
		kept += character;
	}
	return `${kept}…`;
}
function widthOf(character) {
	if (/[\p{Mark}\p{Default_Ignorable_Code_Point}]/u.test(character)) return 0;
	return (character.codePointAt(0) ?? 0) < 4352 || character === "…" ? 1 : 2;
}
// src/report/progress/pinned-lines.ts
const hideCursor = "\x1B[?25l";
const showCursor = "\x1B[?25h";
const eraseBelow = "\x1B[J";
const eraseLine = "\x1B[2K";
function createPinnedLines(write, columns) {
	let pinned = [];
	const toTop = () => {
		const width = Math.max(columns(), 1);
		const rows = pinned.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / width)), 0);
		return rows === 0 ? "" : `\u001b[${rows}A\r`;
	};
	const draw = (lines) => lines.map((line) => `${eraseLine}${line}\n`).join("");
	return {
		print: (text) => {
			write(pinned.length === 0 ? text : `${hideCursor}${toTop()}${eraseBelow}${text}${draw(pinned)}${showCursor}`);
		},
		pin: (lines) => {
			if (lines.length === pinned.length && lines.every((line, at) => line === pinned[at])) return;
			write(`${hideCursor}${toTop()}${draw(lines)}${eraseBelow}${showCursor}`);
			pinned = [...lines];
		}
	};
}
// src/host/env-file.ts
function namedEnvFile(env) {
	return env["MULTIARCH_ENV_FILE"] || env["PLUGIN_ENV_FILE"];
}
function appendToEnvFile(path, lines) {
	if (path === void 0 || path === "" || lines === "") return;
	try {
		appendFileSync(path, lines);
	} catch (error) {
		throw new WorkError(`the values for later steps could not be written to ${path}`, {
			cause: error,
			fix: "see to it that the file can be written"
		});
	}
}
// src/report/mask.ts
function secretForms(secret) {
	const whole = secret.trim();
	if (whole === "") return [];
	const lines = whole.split(/[\r\n]+/).map((line) => line.trim());
	const values = /* @__PURE__ */ new Set([
		secret,
		whole,
		...lines.filter((line) => line.length >= 4)
	]);
	return [...new Set([...values].flatMap(spellings))];
}
function spellings(value) {
	const bytes = Buffer.from(value);
	const inUrl = encodeURIComponent(value);
	return [
		value,
		bytes.toString("base64"),
		bytes.toString("base64url"),
		...insideBase64(bytes),
		inUrl,
		inUrl.replaceAll(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`),
		JSON.stringify(value).slice(1, -1),
		value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\"", "&quot;"),
		value.replaceAll("\"", String.raw`\"`),
		value.replaceAll("'", String.raw`'\''`),
		.../^".{8,}"$/s.test(value) ? [value.slice(1, -1)] : []
	];
}
function insideBase64(bytes) {
	return [
		0,
		1,
		2
	].map((shift) => bytes.subarray(shift)).map((rest) => rest.subarray(0, rest.length - rest.length % 3).toString("base64")).filter((text) => text.length >= 8);
}
function hideForms(text, forms) {
	const found = [];
	for (const form of forms) for (let start = text.indexOf(form); start !== -1; start = text.indexOf(form, start + 1)) found.push({
		start,
		end: start + form.length
	});
	if (found.length === 0) return text;
	const parts = [];
	let end = -1;
	for (const each of found.toSorted((one, other) => one.start - other.start)) {
		if (each.start > end) parts.push(text.slice(Math.max(end, 0), each.start), "***");
		end = Math.max(end, each.end);
	}
	return [...parts, text.slice(end)].join("");
}
// src/report/untrusted.ts
const unseen = String.raw`\p{Default_Ignorable_Code_Point}|\u001b\[[\d;:]*m`;
const markAnywhere = new RegExp(String.raw`#((?:${unseen})*)#(?=(?:${unseen})*(?:\[|vso\[|teamcity\[))`, "giu");
const markAtStart = new RegExp(String.raw`^((?:[^\S\n\ufeff]|${unseen})*):(?=(?:${unseen})*:)`, "gmu");
const section = /(section|travis)_(?=(?:start|end|fold|time):)/gi;
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_](?:[^\u0007\u001b\n]*(?:\u0007|\u001b\\))?|[ -/]*[0-~])?/g;
const colours = /\u001b\[[\d;:]*m/g;
const controls = /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;
function neutralise(text) {
	const plain = text.replaceAll(escapes, (sequence) => sequence.match(colours)?.[0] ?? "");
	return (plain.includes("\r") ? plain.split("\n").map(lastState).join("\n") : plain).replaceAll(controls, "").replaceAll(markAnywhere, "# $1#").replaceAll(section, "$1-").replaceAll(markAtStart, "$1: ");
}
function withoutColours(text) {
	return text.replaceAll(colours, "");
}
function lastState(line) {
	return line.split("\r").findLast((state) => state.trim() !== "") ?? "";
}
// src/host/log.ts
const plainSyntax = {
	debug: (text) => prefixed("debug: ", text),
	info: (text) => text,
	warning: (text, about) => prefixed("warning: ", withPlace(text, about)),
	error: (text, about) => prefixed("error: ", withPlace(text, about)),
	group: indented,
	untrusted: indented
};
function createLog(options) {
	const { syntax } = options;
	const secrets = /* @__PURE__ */ new Set();
	const withoutSecrets = (text) => hideForms(text, secrets);
	const clean = (text) => withoutSecrets(neutralise(withoutSecrets(text)));
	const write = (text) => options.print(`${text}\n`);
	const log = {
		debug: (message) => {
			if (options.debug) write(syntax.debug(clean(message)));
		},
		info: (message) => write(syntax.info(clean(message))),
		warning: (message, about) => write(syntax.warning(clean(message), cleanPlace(about, clean))),
		error: (message, about) => write(syntax.error(clean(message), cleanPlace(about, clean))),
		group: (title, lines) => write(syntax.group(asTitle(clean(title)), clean(lines.join("\n")))),
		untrusted: (title, lines) => write(syntax.untrusted(asTitle(clean(title)), clean(lines.join("\n"))))
	};
	const hide = (secret) => {
		for (const text of [secret, neutralise(secret)]) for (const form of secretForms(text)) secrets.add(form);
	};
	return {
		log,
		hide,
		withoutSecrets,
		clean
	};
}
function withPlace(text, { file, line }) {
	if (file === void 0) return text;
	return line === void 0 ? `${file}: ${text}` : `${file}:${line}: ${text}`;
}
function joinLines(...parts) {
	return parts.filter((part) => part !== "").join("\n");
}
function cleanPlace(about, clean) {
	const { file, title, ...lines } = about ?? {};
	return {
		...lines,
		...file === void 0 ? {} : { file: asTitle(clean(file)) },
		...title === void 0 ? {} : { title: asTitle(clean(title)) }
	};
}
function asTitle(text) {
	return text.replaceAll(/\s*\n\s*/g, " ");
}
function prefixed(prefix, text) {
	return `${prefix}${text.replaceAll("\n", `\n${" ".repeat(prefix.length)}`)}`;
}
function indented(title, body) {
	return body === "" ? title : `${title}\n${prefixed("  ", body)}`;
}
// src/host/outputs.ts
const shapes = {
	digest: /^sha(?:256:[\da-f]{64}|512:[\da-f]{128})$/,
	imageid: /^sha(?:256:[\da-f]{64}|512:[\da-f]{128})$/,
	"buildkit-host": /^(?:[a-z][a-z\d+-]*:\/\/.*)?$/,
	BUILDKIT_HOST: /^(?:[a-z][a-z\d+-]*:\/\/.*)?$/,
	changed: /^(?:true|false)$/
};
function checkOutputs({ outputs, paths, variables }) {
	for (const name of Object.keys(outputs)) if (!/^[a-z][a-z\d]*(?:-[a-z\d]+)*$/.test(name)) throw new Error(`not an output: ${quote(name)}`);
	for (const name of Object.keys(variables)) if (!/^[A-Z][A-Z\d_]*$/.test(name)) throw new Error(`not a variable: ${quote(name)}`);
	for (const [name, value] of [...Object.entries(outputs), ...Object.entries(variables)]) if (/[\u0000-\u0008\u000b-\u001f]/.test(value) || shapes[name]?.test(value) === false) throw new Error(`${name} can't be ${quote(value)}`);
	for (const path of paths) if (/[\u0000-\u001f\u007f]/.test(path)) throw new Error(`not a folder for PATH: ${quote(path)}`);
}
function stepVariables(result) {
	const prefix = `MULTIARCH_${result.step}`;
	return [...Object.entries(result.variables), ...Object.entries(result.outputs).map(([name, value]) => [`${prefix}_${name}`.toUpperCase().replaceAll("-", "_"), value])];
}
function renderOutputs(result, print) {
	switch (print) {
		case "none": return "";
		case "json": return `${JSON.stringify(result.outputs, void 0, 2)}\n`;
		case "shell": return renderShell(result);
		case "dotenv": return renderDotenv(result);
		default: return print;
	}
}
function renderShell(result) {
	return [...stepVariables(result).map(([name, value]) => `export ${name}=${shellQuote(value)}\n`), ...result.paths.map((path) => `export PATH=${shellQuote(path)}:"$PATH"\n`)].join("");
}
function renderDotenv(result) {
	return stepVariables(result).map(([name, value]) => `${name}=${oneLine(value)}\n`).join("");
}
function oneLine(value) {
	if (!value.includes("\n")) return value;
	try {
		return JSON.stringify(JSON.parse(value));
	} catch {
		return value.split("\n").filter((line) => line !== "").join(",");
	}
}
function quote(text) {
	return JSON.stringify(text);
}
// src/host/stream-host.ts
function createStreamHost(name, world, traits) {
	const { announceSecret, close, handOn = writeNamedEnvFile(world), summary } = traits;
	const { clean, hide, log, withoutSecrets } = createLog({
		debug: traits.debug ?? world.debug,
		syntax: traits.syntax ?? plainSyntax,
		print: traits.print ?? world.stderr
	});
	return {
		name,
		log,
		clean,
		mask: (secret) => {
			hide(secret);
			announceSecret?.(secret);
		},
		emit: async (outputs, print) => {
			checkOutputs(outputs);
			await handOn(outputs, log);
			const text = renderOutputs(outputs, print);
			if (text !== "") world.stdout(text);
		},
		...summary === void 0 ? {} : { summary: async (markdown) => summary(withoutSecrets(markdown)) },
		...close === void 0 ? {} : { close }
	};
}
function writeNamedEnvFile({ env }) {
	return (outputs) => {
		appendToEnvFile(namedEnvFile(env), renderShell(outputs));
	};
}
// src/host/plain.ts
function createPlainHost(world) {
	const columns = () => world.terminal?.columns() || 80;
	const rows = () => world.terminal?.rows() || 24;
	const pinned = createPinnedLines(world.stderr, columns);
	const { clean, ...host } = createStreamHost("plain", {
		env: {},
		...world
	}, { print: pinned.print });
	return {
		...host,
		...world.terminal === void 0 ? {} : { terminal: {
			columns,
			rows,
			clean,
			pin: pinned.pin
		} }
	};
}
// src/host/create.ts
const hosts = {
	github: async () => (await import("./github.js")).createGithubHost,
	gitlab: async () => (await import("./gitlab.js")).createGitlabHost,
	travis: async () => (await import("./travis.js")).createTravisHost,
	circleci: async () => (await import("./circleci.js")).createCircleciHost,
	azure: async () => (await import("./azure.js")).createAzureHost,
	buildkite: async () => (await import("./buildkite.js")).createBuildkiteHost,
	woodpecker: async () => (await import("./woodpecker.js")).createWoodpeckerHost,
	drone: async () => (await import("./drone.js")).createDroneHost,
	bitbucket: async () => (await import("./bitbucket.js")).createBitbucketHost,
	appveyor: async () => (await import("./appveyor.js")).createAppveyorHost,
	codefresh: async () => (await import("./codefresh.js")).createCodefreshHost,
	teamcity: async () => (await import("./teamcity.js")).createTeamcityHost,
	jenkins: async () => (await import("./jenkins.js")).createJenkinsHost
};
async function createHost(world) {
	const ci = detectCi(world.env);
	return ci === void 0 ? createPlainHost(world) : (await hosts[ci]())(world);
}
// src/job.ts
function createJobPort(options) {
	const { cwd, env, signal } = options;
	let facts;
	let completed;
	const askCi = async () => {
		const { readJobFacts } = await import("./facts2.js");
		return readJobFacts(env, (path) => readFileSync(path, "utf8"));
	};
	const fromCi = () => facts ??= askCi();
	const askGit = async () => {
		if (!isInRepository(cwd)) return {
			job: await fromCi(),
			git: { tags: [] }
		};
		const [{ readGitFacts }, { completeFacts }] = await Promise.all([import("./git.js"), import("./facts2.js")]);
		const git = await readGitFacts(cwd, (command, more) => exec(command, {
			signal,
			...more
		}));
		return {
			job: completeFacts(await fromCi(), git),
			git
		};
	};
	return {
		fromCi,
		withGit: () => completed ??= askGit()
	};
}
function isInRepository(folder) {
	const parent = dirname(folder);
	return existsSync(join(folder, ".git")) || parent !== folder && isInRepository(parent);
}
// src/inputs/list.ts
function splitList(text, options) {
	const items = [];
	let item = "";
	let startsQuoted = false;
	let quoted = false;
	const finish = () => {
		const trimmed = item.trim();
		if (trimmed !== "") items.push(...unquote$1(trimmed, options));
		item = "";
		startsQuoted = false;
		quoted = false;
	};
	for (let index = 0; index < text.length; index += 1) {
		const char = text.charAt(index);
		if (char === "\"") {
			startsQuoted ||= item.trim() === "";
			quoted = startsQuoted && !quoted;
		}
		if (!quoted && (char === "\n" || char === "," && options.commas)) finish();
		else item += char;
	}
	finish();
	return items;
}
function unquote$1(item, options) {
	if (item.length < 2 || !item.startsWith("\"") || !item.endsWith("\"")) return [item];
	const inner = item.slice(1, -1).replaceAll("\"\"", "\"");
	return options.commas ? splitList(inner, options) : [inner];
}
// src/inputs/field.ts
const base = (options) => ({
	description: options.description,
	required: options.required ?? false,
	commandLineOnly: options.commandLineOnly ?? false,
	defaultText: options.defaultText,
	actionDefault: options.actionDefault,
	flag: false,
	repeats: false
});
function text(options) {
	const { check, fallback = "", placeholder = "TEXT" } = options;
	return {
		...base(options),
		fallback,
		placeholder,
		parse: (value) => ({
			value,
			problems: problemsOf(() => check?.(value))
		})
	};
}
function value(options) {
	const { fallback, placeholder, read } = options;
	return {
		...base(options),
		fallback,
		placeholder,
		parse: (text) => {
			let result = fallback;
			const problems = problemsOf(() => result = read(text));
			return {
				value: result,
				problems
			};
		}
	};
}
function boolean(options) {
	const { fallback = false } = options;
	return {
		...booleanBase(options),
		fallback,
		parse: (text) => parseBoolean(text, fallback)
	};
}
function maybe(options) {
	return {
		...booleanBase(options),
		fallback: void 0,
		parse: (text) => parseBoolean(text, void 0)
	};
}
const booleanBase = (options) => ({
	...base(options),
	flag: true,
	placeholder: "true|false"
});
function parseBoolean(text, fallback) {
	if (/^(1|t|true)$/i.test(text)) return {
		value: true,
		problems: []
	};
	if (/^(0|f|false)$/i.test(text)) return {
		value: false,
		problems: []
	};
	return {
		value: fallback,
		problems: [`${JSON.stringify(text)} is neither true nor false`]
	};
}
function choice(options) {
	const { fallback, words } = options;
	return {
		...base(options),
		fallback,
		placeholder: words.join("|"),
		parse: (value) => {
			const word = words.find((candidate) => candidate === value);
			return word === void 0 ? {
				value: fallback,
				problems: [`${JSON.stringify(value)} is not one of ${words.join(", ")}`]
			} : {
				value: word,
				problems: []
			};
		}
	};
}
function list(options) {
	return {
		...base(options),
		fallback: [],
		repeats: true,
		placeholder: options.placeholder ?? "LIST",
		parse: (value) => {
			const problems = [];
			const items = [];
			const { commas } = options;
			for (const entry of typeof commas === "function" ? commas(value) : splitList(value, { commas })) problems.push(...problemsOf(() => items.push(options.item(entry))));
			return {
				value: items,
				problems
			};
		}
	};
}
function problemsOf(work) {
	try {
		work();
		return [];
	} catch (error) {
		return [error instanceof Error ? error.message : String(error)];
	}
}
function kebabCase(name) {
	return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
// src/inputs/nearest.ts
function nearest(word, candidates, limit = Math.max(2, Math.floor(word.length / 3))) {
	let best;
	let least = limit + 1;
	for (const candidate of candidates) {
		const distance = editDistance(word, candidate);
		if (distance < least) [best, least] = [candidate, distance];
	}
	return best;
}
function editDistance(a, b) {
	let row = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let i = 1; i <= a.length; i += 1) {
		const next = [i];
		for (let j = 1; j <= b.length; j += 1) {
			const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
			next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution));
		}
		row = next;
	}
	return row[b.length] ?? 0;
}
// src/inputs/argv.ts
function parseArgv(argv, table, words = []) {
	const fields = new Map(Object.entries(table).map(([name, field]) => [kebabCase(name), field]));
	const { tokens } = parseArgs({
		args: [...argv],
		options: {
			help: {
				type: "boolean",
				short: "h"
			},
			version: { type: "boolean" },
			...Object.fromEntries([...fields].map(([name, field]) => [name, { type: field.flag ? "boolean" : "string" }]))
		},
		strict: false,
		allowPositionals: true,
		tokens: true
	});
	const values = /* @__PURE__ */ new Map();
	const problems = [];
	let help = false;
	let version = false;
	let afterUnknown = false;
	let afterFlag = "";
	for (const token of tokens) {
		const belongsToUnknown = afterUnknown && token.kind === "positional";
		const flag = afterFlag;
		afterUnknown = false;
		afterFlag = "";
		if (flag !== "" && token.kind === "positional" && /^(true|false)$/i.test(token.value)) {
			values.set(flag, token.value);
			continue;
		}
		if (token.kind === "positional" && !belongsToUnknown) {
			const suggestion = nearest(token.value, words);
			problems.push(`unexpected argument ${JSON.stringify(token.value)}: ` + (suggestion === void 0 ? "inputs are given as --name value" : `did you mean ${suggestion}?`));
		}
		if (token.kind !== "option") continue;
		const { name, value } = token;
		const field = fields.get(name);
		if (name === "help" || token.rawName === "-h") help = true;
		else if (name === "version") version = true;
		else if (field === void 0) {
			afterUnknown = !token.inlineValue;
			const suggestion = nearest(name, [
				...fields.keys(),
				"help",
				"version"
			]);
			problems.push(`unknown input ${token.rawName}` + (suggestion === void 0 ? ": --help lists the inputs" : `: did you mean --${suggestion}?`));
		} else if (field.flag) {
			values.set(name, value ?? "true");
			if (value === void 0) afterFlag = name;
		} else if (value === void 0 || !token.inlineValue && value.startsWith("--")) problems.push(`--${name} needs a value (one that begins with a dash is written --${name}=-value)`);
		else {
			const before = values.get(name);
			if (before !== void 0 && !field.repeats) problems.push(`--${name} is given twice`);
			values.set(name, before === void 0 ? value : `${before}\n${value}`);
		}
	}
	return {
		values,
		help,
		version,
		problems
	};
}
// src/inputs/parse.ts
function parseInputs(table, flags, env) {
	const problems = [];
	const values = {};
	for (const [key, field] of Object.entries(table)) {
		const name = kebabCase(key);
		const given = findText(name, flags, env);
		values[key] = field.fallback;
		if (given === void 0) {
			if (field.required) problems.push(`${name} is missing: ${field.description}`);
			continue;
		}
		const parsed = field.parse(given.text);
		values[key] = parsed.value;
		problems.push(...parsed.problems.map((problem) => `${name}${given.from}: ${problem}`));
	}
	return {
		inputs: values,
		problems
	};
}
function findText(name, flags, env) {
	const flag = flags.get(name);
	if (flag !== void 0 && flag !== "") return {
		text: flag,
		from: ""
	};
	const upper = name.toUpperCase();
	const snake = upper.replaceAll("-", "_");
	for (const variable of [
		`INPUT_${upper}`,
		`INPUT_${snake}`,
		`PLUGIN_${snake}`,
		`MULTIARCH_${snake}`
	]) {
		const text = env[variable];
		if (text !== void 0 && text.trim() !== "") return {
			text,
			from: variable.startsWith("INPUT_") ? "" : ` (from ${variable})`
		};
	}
}
const prefix = "MULTIARCH_";
function misspelledVariables(env, names) {
	const known = new Set([...names].map((name) => name.toUpperCase().replaceAll("-", "_")));
	return Object.keys(env).flatMap((variable) => {
		const word = variable.slice(10);
		if (!variable.startsWith(prefix) || known.has(word)) return [];
		const suggestion = nearest(word, known, 2);
		return suggestion === void 0 ? [] : [`unknown variable ${variable}: did you mean ${prefix}${suggestion}?`];
	});
}
// src/report/help.ts
const width = 100;
const indent = " ".repeat(6);
function renderHelp(step, table) {
	const usage = step.name === "multiarch" ? "multiarch [setup|build|publish-manifest|teardown] [--input value …]" : `multiarch ${step.name} [--input value …]   (or: node dist/${step.name}.js …)`;
	return [
		step.summary,
		"",
		`Usage: ${usage}`,
		"",
		"Inputs:",
		...Object.entries(table).flatMap(([key, field]) => [`  --${kebabCase(key)}${field.flag ? "" : ` ${field.placeholder}`}`, ...wrap(describe(field))]),
		"  --help",
		"  --version",
		...Object.keys(step.outputs).length === 0 ? [] : [
			"",
			"Outputs:",
			...Object.entries(step.outputs).flatMap(([name, text]) => [`  ${name}`, ...wrap(text)])
		],
		"",
		"Every input can also be given as a variable: MULTIARCH_ and its name, as in MULTIARCH_BUILD_ARGS.",
		""
	].join("\n");
}
function describe(field) {
	const fallback = defaultOf(field);
	return [
		field.description,
		...field.required ? ["Required."] : [],
		...fallback === "" ? [] : [`Default: ${fallback}.`],
		...field.repeats ? ["May be given more than once."] : []
	].join(" ");
}
function defaultOf(field) {
	if (field.defaultText !== void 0) return field.defaultText;
	return typeof field.fallback === "string" || field.fallback === true ? String(field.fallback) : "";
}
function wrap(text) {
	const lines = [];
	let line = indent;
	for (const word of text.split(" ")) {
		if (line !== indent && line.length + word.length + 1 > width) {
			lines.push(line);
			line = indent;
		}
		line += line === indent ? word : ` ${word}`;
	}
	return [...lines, line];
}
// src/state.ts
function statePath(env, cwd) {
	const given = env["MULTIARCH_STATE"];
	if (given !== void 0 && given !== "") return given;
	const runnerTemp = env["RUNNER_TEMP"];
	if (env["GITHUB_ACTIONS"] === "true" && runnerTemp !== void 0 && runnerTemp !== "") return join(runnerTemp, "multiarch.json");
	const { uid, username } = userInfo();
	const folder = env["XDG_RUNTIME_DIR"] || join(tmpdir(), `multiarch-${uid === -1 ? username : uid}`);
	const key = createHash("sha256").update(cwd).digest("hex").slice(0, 16);
	return join(folder, `multiarch-${key}.json`);
}
function jobFolder(statePath, job) {
	return join(dirname(statePath), `multiarch-${job}`);
}
function peekState(path) {
	try {
		return readState(path);
	} catch {
		return;
	}
}
function openState(path, options) {
	let memory;
	const fresh = {
		version: 1,
		job: randomBytes(6).toString("hex"),
		builds: {}
	};
	const read = () => memory ?? readState(path) ?? fresh;
	return {
		path,
		read,
		update: (change) => {
			const next = change(read());
			if (options.dryRun) memory = next;
			else writeState(path, next);
		},
		remove: () => {
			memory = void 0;
			if (!options.dryRun) rmSync(path, { force: true });
		}
	};
}
function readState(path) {
	let text;
	try {
		text = readFileSync(path, "utf8");
	} catch (error) {
		if (isMissing(error)) return void 0;
		throw new WorkError(`the state file ${path} can't be read`, { cause: error });
	}
	try {
		const state = JSON.parse(text);
		if (state.version === 1) return state;
	} catch {}
	throw new WorkError(`the state file ${path} was not written by this version of multiarch`, { fix: `remove ${path}, or name another file with MULTIARCH_STATE` });
}
function writeState(path, state) {
	const folder = dirname(path);
	mkdirSync(folder, {
		recursive: true,
		mode: 448
	});
	refuseForeignFolder(folder);
	const draft = `${path}.${process.pid}`;
	try {
		writeFileSync(draft, `${JSON.stringify(state, void 0, 2)}\n`, { mode: 384 });
		renameSync(draft, path);
	} catch (error) {
		rmSync(draft, { force: true });
		throw new WorkError(`the state file ${path} can't be written`, {
			cause: error,
			fix: "name another place for it with MULTIARCH_STATE"
		});
	}
}
function refuseForeignFolder(folder) {
	const { uid } = userInfo();
	const stat = lstatSync(folder);
	if (folder.startsWith(join(tmpdir(), "multiarch-")) && uid !== -1 && stat.uid !== uid) throw new WorkError(`${folder} belongs to another user`, { fix: "name another place for the state with MULTIARCH_STATE" });
}
function isMissing(error) {
	return error instanceof Error && "code" in error && error.code === "ENOENT";
}
// src/steps/step.ts
async function performWork(name, work, inputs, ports) {
	const plan = work.plan(inputs, await work.probe(inputs, ports));
	if (ports.dryRun) {
		ports.log.group(`${name} would do this:`, work.describe(plan));
		work.foresee?.(plan, ports);
		return {
			step: name,
			outputs: {},
			variables: {},
			paths: []
		};
	}
	const result = await work.execute(plan, ports);
	const { lines, ...outputs } = work.report(result, plan);
	if (lines.length > 0) ports.log.info(lines.join("\n"));
	return {
		step: name,
		...outputs
	};
}
function refuse(problems) {
	if (problems.length > 0) throw new InputError([...new Set(problems)]);
}
// src/inputs/suggestion.ts
function suggest(word, words) {
	const limit = Math.min(word.length - 1, Math.max(2, Math.floor(word.length / 3)));
	const meant = nearest(word.toLowerCase(), words, limit);
	if (meant !== void 0) return `did you mean ${meant}?`;
	return words.length === 1 ? `there is only ${words[0]}` : `there are ${words.join(", ")}`;
}
// src/buildkit/annotation.ts
const levels$1 = [
	"manifest",
	"index",
	"manifest-descriptor",
	"index-descriptor"
];
function parseAnnotation(text) {
	const [, left, value] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
	if (left === void 0 || value === void 0) throw new Error(`${JSON.stringify(text)} is not KEY=VALUE`);
	const colon = left.indexOf(":");
	const key = left.slice(colon + 1);
	if (!/^\S+$/.test(key)) throw new Error(`${JSON.stringify(text)}: ${JSON.stringify(key)} can't be a key`);
	return (colon === -1 ? ["manifest"] : left.slice(0, colon).split(",")).map((place) => {
		const { level, platform } = parsePlace$1(place);
		if (level === "manifest" && key !== key.toLowerCase()) throw new Error(`${JSON.stringify(key)}: buildctl makes the keys of a manifest's annotations lower case: write ${key.toLowerCase()}`);
		return {
			level,
			...platform === void 0 ? {} : { platform },
			key,
			value
		};
	});
}
function annotationAttributes(annotations, platform) {
	const ours = annotations.filter(({ level }) => level === "manifest");
	const general = ours.filter((annotation) => annotation.platform === void 0);
	const special = ours.filter((annotation) => annotation.platform !== void 0 && samePlatform(annotation.platform, platform));
	const values = new Map([...general, ...special].map(({ key, value }) => [key, value]));
	return Array.from(values, ([key, value]) => [`annotation.${key}`, value]);
}
function parsePlace$1(text) {
	const [, word = text, platform] = /^([a-z-]+)(?:\[([\w/-]+)\])?$/.exec(text) ?? [];
	const level = levels$1.find((candidate) => candidate === word);
	if (level === void 0) throw new Error(`unknown level ${JSON.stringify(word)}: ${suggest(word, levels$1)}`);
	const isIndex = level.startsWith("index");
	return platform === void 0 || isIndex ? { level } : {
		level,
		platform: parsePlatform(platform)
	};
}
// src/buildkit/attribute.ts
const compressionAttributes = {
	compression: [
		"uncompressed",
		"gzip",
		"estargz",
		"zstd"
	],
	"compression-level": "integer",
	"force-compression": "boolean"
};
function checkAttribute(key, value, kind) {
	const wrong = (why) => /* @__PURE__ */ new Error(`${key}=${value}: ${why}`);
	if (kind === void 0 || kind === "text") return;
	if (kind === "boolean") {
		if (!isBoolean(value)) throw wrong("it is true or false");
	} else if (kind === "integer") {
		if (!/^-?\d{1,18}$/.test(value)) throw wrong("it is a whole number");
	} else if (kind === "positive") {
		if (!/^[1-9]\d{0,8}$/.test(value)) throw wrong("it is a whole number from 1");
	} else if (kind === "duration") {
		if (!/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(value)) throw wrong("it is a time such as 90s or 24h");
	} else if (!kind.includes(value)) throw wrong(suggest(value, kind));
}
function isBoolean(text) {
	return /^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(text);
}
function isTrue(text) {
	return /^(?:1|t|true)$/i.test(text);
}
// src/buildkit/csv.ts
function parseCsv(text) {
	const wrong = (why, position) => new InputError(`not a comma-separated line: ${JSON.stringify(text)}: ${why} at character ${position + 1}`);
	const line = text.replace(/\r?\n$/, "");
	if (line === "") throw wrong("it is empty", 0);
	const fields = [];
	for (let position = 0;; position++) {
		if (line[position] === "\"") {
			const closing = closingQuote(line, position);
			if (closing === -1) throw wrong("a quote is not closed", position);
			fields.push(line.slice(position + 1, closing).replaceAll("\"\"", "\""));
			position = closing + 1;
			if (position < line.length && line[position] !== ",") throw wrong("a quoted field goes on after its quote", position);
		} else {
			const comma = line.indexOf(",", position);
			const field = line.slice(position, comma === -1 ? line.length : comma);
			if (field.includes("\"")) throw wrong("quote the whole field, as in \"name=a,b\": a quote", position + field.indexOf("\""));
			fields.push(field);
			position += field.length;
		}
		if (position >= line.length) return fields;
	}
}
function formatCsv(fields) {
	if (fields.length === 1 && fields[0] === "") return "\"\"";
	return fields.map((field) => /[",\r\n]/.test(field) ? `"${field.replaceAll("\"", "\"\"")}"` : field).join(",");
}
function closingQuote(line, opening) {
	for (let at = line.indexOf("\"", opening + 1); at !== -1; at = line.indexOf("\"", at + 2)) if (line[at + 1] !== "\"") return at;
	return -1;
}
// src/buildkit/fields.ts
function splitFields(text) {
	return parseCsv(text).map((field) => {
		const equals = field.indexOf("=");
		if (equals === -1) return {
			key: field.trim(),
			value: void 0
		};
		return {
			key: field.slice(0, equals).trim(),
			value: field.slice(equals + 1)
		};
	});
}
function parseFields(text, known) {
	const fields = /* @__PURE__ */ new Map();
	for (const { key: written, value } of splitFields(text)) {
		const key = written.toLowerCase();
		if (value === void 0) throw new Error(`${JSON.stringify(written)} is not KEY=VALUE`);
		if (key === "") throw new Error(`${JSON.stringify(`=${value}`)} has no key before the =`);
		if (fields.has(key)) throw new Error(`${key} is given twice`);
		if (known !== void 0) checkKey(key, known);
		fields.set(key, value);
	}
	return fields;
}
function takeType(fields) {
	const attributes = new Map(fields);
	attributes.delete("type");
	return {
		type: fields.get("type"),
		attributes
	};
}
function checkKey(key, known) {
	if (known.includes(key)) return;
	if (known.length === 0) throw new Error(`there is no ${JSON.stringify(key)}, nor any other attribute`);
	throw new Error(`there is no ${JSON.stringify(key)}: ${suggest(key, known)}`);
}
function formatFields(fields) {
	return formatCsv(Array.from(fields, ([key, value]) => `${key}=${value}`));
}
// src/buildkit/attestation.ts
const provenanceParameters = {
	mode: [
		"min",
		"max",
		"full"
	],
	version: ["v1", "v0.2"],
	"builder-id": "text",
	filename: "text",
	"inline-only": "boolean",
	reproducible: "boolean",
	"capture-usage": "boolean",
	"complete-materials": "boolean"
};
const types = ["provenance", "sbom"];
function parseAttest(text) {
	const written = splitFields(text).find(({ key }) => key.toLowerCase() === "type")?.value;
	if (written === void 0) throw new Error(`${JSON.stringify(text)} names no type: write type=provenance or type=sbom before it`);
	const type = types.find((candidate) => candidate === written);
	if (type === void 0) throw new Error(`unknown type ${JSON.stringify(written)}: ${suggest(written, types)}`);
	return parseAttestationSwitch(text, type);
}
function parseAttestationSwitch(text, type) {
	const parameters = /* @__PURE__ */ new Map();
	let disabled = false;
	const seen = /* @__PURE__ */ new Set();
	for (const { key, value } of splitFields(text)) {
		const name = key.toLowerCase();
		if (value === void 0) {
			if (!isBoolean(key)) throw new Error(`${JSON.stringify(key)} is neither true, false nor KEY=VALUE`);
			disabled = !isTrue(key);
			continue;
		}
		if (seen.has(key)) throw new Error(`${key} is given twice`);
		seen.add(key);
		if (name === "type") {
			if (value !== type) throw new Error(`type=${value}: it is about ${type} here`);
		} else if (name === "disabled") {
			checkAttribute(name, value, "boolean");
			disabled = isTrue(value);
		} else {
			const parameter = type === "provenance" ? name : key;
			checkParameter(type, parameter, value);
			parameters.set(parameter, value);
		}
	}
	return {
		type,
		disabled,
		parameters
	};
}
function checkParameter(type, key, value) {
	if (type === "provenance") {
		checkKey(key, [...Object.keys(provenanceParameters), "disabled"]);
		checkAttribute(key, value, provenanceParameters[key]);
	} else if (key === "generator") parseReference(value);
	else if (!/^[A-Z][A-Z0-9_]*$/.test(key)) checkKey(key, ["generator", "disabled"]);
}
function planAttestations(options) {
	const { attests, builderId, hasDefault, isPrivate, onGithub, provenance, sbom } = options;
	const listed = attests.map(parseAttest);
	const asked = (type, text) => text === "" ? listed.find((attest) => attest.type === type) : parseAttestationSwitch(text, type);
	const usual = onGithub && !isPrivate ? "mode=max" : "mode=min,inline-only=true";
	const values = /* @__PURE__ */ new Map();
	const provenanceAsked = asked("provenance", provenance) ?? (hasDefault ? parseAttestationSwitch(usual, "provenance") : void 0);
	if (provenanceAsked?.disabled === false) {
		const { parameters } = provenanceAsked;
		const isNamed = builderId === void 0 || parameters.has("builder-id");
		values.set("provenance", formatFields(isNamed ? parameters : [...parameters, ["builder-id", builderId]]));
	}
	const sbomAsked = asked("sbom", sbom);
	if (sbomAsked?.disabled === false) values.set("sbom", formatFields(sbomAsked.parameters));
	return values;
}
// src/registry/url.ts
function redactUrl(url) {
	let parsed;
	try {
		parsed = new URL(url);
	} catch {
		return "(malformed URL)";
	}
	const query = [...parsed.searchParams.keys()].map((key) => `${encodeURIComponent(key)}=***`).join("&");
	return `${parsed.protocol}//${parsed.host}${parsed.pathname}${query === "" ? "" : `?${query}`}`;
}
function apiHost(registry) {
	return registry === "docker.io" ? "registry-1.docker.io" : registry;
}
function speaksHttp({ ca, cert, http, insecure }) {
	return http ?? (insecure || ca !== void 0 || cert !== void 0 ? false : void 0);
}
function registryUrl(registry, trust, hasCertificates = false) {
	const plain = (trust === void 0 ? void 0 : speaksHttp(trust)) ?? (isLoopback$1(registry) && !hasCertificates);
	return new URL(`${plain ? "http" : "https"}://${apiHost(registry)}`);
}
function isLoopback$1(host) {
	const name = hostname$1(host);
	if (name === void 0) return false;
	return name === "localhost" || name.endsWith(".localhost") || (isIP(name) === 4 ? name.startsWith("127.") : name === "::1");
}
function hostname$1(host) {
	if (isIP(host) !== 0) return host;
	const [, bracketed, name] = /^(?:\[([^\]]*)\]|([^:[\]]+))(?::\d+)?$/.exec(host) ?? [];
	if (bracketed !== void 0) return isIP(bracketed) === 6 ? bracketed : void 0;
	return name?.toLowerCase();
}
function addressKind(address) {
	const bare = address.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
	if (isIP(bare) === 4) return kindOfIpv4(bare);
	if (isIP(bare) !== 6) return void 0;
	const words = expandIpv6(bare);
	const [first = 0] = words;
	if (words.slice(0, 5).every((word) => word === 0) && (words[5] === 65535 || words[5] === 0)) {
		const [high = 0, low = 0] = words.slice(6);
		if (words[5] === 0 && high === 0 && low <= 1) return low === 1 ? "loopback" : "unspecified";
		return kindOfIpv4([
			high >> 8,
			high & 255,
			low >> 8,
			low & 255
		].join("."));
	}
	if ((first & 65024) === 64512) return "private";
	return (first & 65472) === 65152 ? "link-local" : "public";
}
function kindOfIpv4(address) {
	const [a = 0, b = 0] = address.split(".").map(Number);
	if (a === 0) return "unspecified";
	if (a === 127) return "loopback";
	if (a === 169 && b === 254) return "link-local";
	return a === 10 || a === 172 && b >= 16 && b <= 31 || a === 192 && b === 168 || a === 100 && b >= 64 && b <= 127 ? "private" : "public";
}
function expandIpv6(address) {
	const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
	const [, a = 0, b = 0, c = 0, d = 0] = dotted?.map(Number) ?? [];
	const [head = "", tail] = (dotted === null ? address : address.slice(0, dotted.index) + `${(a << 8 | b).toString(16)}:${(c << 8 | d).toString(16)}`).split("::");
	const words = (part) => part === "" ? [] : part.split(":").map((w) => Number.parseInt(w, 16));
	const [front, back] = [words(head), words(tail ?? "")];
	const gap = tail === void 0 ? 0 : 8 - front.length - back.length;
	return [
		...front,
		...Array.from({ length: gap }, () => 0),
		...back
	];
}
function ownUrl(text, base) {
	if (text === void 0 || !URL.canParse(text, base.href)) return void 0;
	const url = new URL(text, base);
	return url.origin === base.origin ? url : void 0;
}
function urlHostname(url) {
	return url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}
function refusal(from, to, reach) {
	if (to.protocol !== "https:" && to.protocol !== "http:") return `its scheme is ${to.protocol}`;
	if (to.username !== "" || to.password !== "") return "it carries a user name";
	if (from.protocol === "https:" && to.protocol === "http:") return "it leads from HTTPS to plain HTTP";
	const [sender, target] = [urlHostname(from), urlHostname(to)];
	const kind = hostKind(target);
	if (sender === target || kind === void 0 || mayReach(hostKind(sender), kind, reach)) return void 0;
	return `${target} is a ${kind} address`;
}
function mayReach(sender, target, reach) {
	if (target === "public") return true;
	if (target === "loopback") return sender === "loopback";
	return target === "private" && reach === "own-network" && (sender === "loopback" || sender === "private");
}
function hostKind(host) {
	return host === "localhost" || host.endsWith(".localhost") ? "loopback" : addressKind(host);
}
// src/buildkit/build-context.ts
const mainSchemes = [
	"https",
	"http",
	"ssh",
	"git"
];
const namedSchemes = [
	"https",
	"http",
	"git",
	"docker-image",
	"oci-layout"
];
const gitQuery = "ref tag branch subdir checksum commit keep-git-dir submodules mtime fetch-by-commit".split(" ");
const forges = [
	"github.com",
	"gitlab.com",
	"bitbucket.org",
	"codeberg.org"
];
const scpPattern = /^([\w-]+)@([A-Za-z0-9.-]+):([^?#]*)(?:\?([^#]*))?/;
function parseContext(text) {
	const scheme = schemeOf(text);
	if (scheme !== void 0) {
		checkScheme(scheme, mainSchemes);
		return {
			kind: "url",
			url: checkUrl(text)
		};
	}
	if (text.startsWith("github.com/")) {
		checkUrl(`https://${text}`, { isGit: true });
		return {
			kind: "url",
			url: text
		};
	}
	return scpPattern.test(text) ? {
		kind: "url",
		url: checkScp(text)
	} : pathSource(text);
}
function parseBuildContext(text) {
	const equals = text.indexOf("=");
	if (equals === -1 || schemeOf(text) !== void 0) throw new Error("a build context is NAME=PATH, NAME=URL or NAME=docker-image://REFERENCE");
	return {
		name: formatFamiliar(parseReference(text.slice(0, equals))).replace(/:latest$/, ""),
		source: parseNamed(text.slice(equals + 1))
	};
}
function parseNamed(text) {
	const scheme = schemeOf(text);
	if (scheme === "docker-image") return imageSource(text.slice(15));
	if (scheme === "oci-layout") return layoutSource(text.slice(13));
	if (scheme === "ssh") throw new Error("BuildKit takes no ssh:// here: write git@HOST:PATH");
	if (scheme !== void 0) {
		checkScheme(scheme, namedSchemes);
		return {
			kind: "url",
			url: checkUrl(text)
		};
	}
	const [, page, rest = ""] = /^(github\.com\/[^?#]+?)(?:\.git)?([?#].*)?$/s.exec(text) ?? [];
	if (page !== void 0) return {
		kind: "url",
		url: checkUrl(`https://${page}.git${rest}`)
	};
	const [, user] = scpPattern.exec(text) ?? [];
	if (user !== void 0 && user !== "git") throw new Error(`BuildKit takes no user but git here: write git@HOST:PATH instead of ${user}@HOST:PATH`);
	if (user !== void 0) return {
		kind: "url",
		url: checkScp(text)
	};
	if (text.startsWith("target:")) throw new Error("target: is for bake files: stages of one Dockerfile have names");
	return pathSource(text);
}
function pathSource(path) {
	if (path === "") throw new Error("the path is empty: . is the current folder");
	if (path === "-") throw new Error("- would be standard input, which is not read: name a folder or a URL");
	return {
		kind: "path",
		path
	};
}
function imageSource(reference) {
	if (/^[^/]*@[^/]*\//.test(reference)) throw credentialsIn("docker-image://…", "docker login");
	parseReference(reference);
	return {
		kind: "image",
		reference
	};
}
function layoutSource(text) {
	const at = text.lastIndexOf("@");
	const digest = text.slice(at + 1);
	const hasDigest = at !== -1 && isDigest(digest);
	const rest = hasDigest ? text.slice(0, at) : text;
	const [, path = rest, tag] = /^(.+):(\w[\w.-]{0,127})$/s.exec(rest) ?? [];
	if (path === "") throw new Error("oci-layout:// names no folder: write oci-layout://FOLDER:TAG");
	if (hasDigest) return {
		kind: "oci-layout",
		path,
		...tag === void 0 ? {} : { tag },
		digest
	};
	return {
		kind: "oci-layout",
		path,
		tag: tag ?? "latest"
	};
}
function schemeOf(text) {
	return /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1];
}
function checkScheme(scheme, known) {
	if (known.includes(scheme)) return;
	const schemes = known.map((word) => `${word}://`);
	throw new Error(`unknown scheme ${scheme}://: ${suggest(`${scheme}://`, schemes)}`);
}
function checkUrl(text, { isGit = false } = {}) {
	if (/\s/.test(text) || !URL.canParse(text)) throw new Error(`what begins with ${schemeOf(text)}:// is not a URL (it is not shown: it may hold credentials)`);
	const url = new URL(text);
	const { hash, host, hostname, password, pathname, protocol, searchParams, username } = url;
	const shown = redactUrl(url);
	const isRepository = isGit || protocol === "git:" || pathname.endsWith(".git");
	if (protocol === "ssh:") {
		if (password !== "") throw credentialsIn(shown, "an SSH agent or key");
		checkGitQuery(shown, searchParams);
	} else if (username !== "" || password !== "") throw credentialsIn(shown, `the secret ${isRepository ? `GIT_AUTH_TOKEN.${host}` : `HTTP_AUTH_TOKEN_${hostname}`}`);
	else if (isRepository) checkGitQuery(shown, searchParams);
	else if (forges.includes(hostname) && /^\/[^/]+\/[^/]+\/?$/.test(pathname)) {
		const repository = `${protocol}//${host}${pathname.replace(/\/$/, "")}.git`;
		throw new Error(`${shown} is a page, not a repository: write ${repository}${hash}`);
	}
	return text;
}
function checkScp(text) {
	const [, user = "", host = "", path = "", query = ""] = scpPattern.exec(text) ?? [];
	if (/\s/.test(text)) throw new Error(`${user}@${host}: a URL has no spaces`);
	checkGitQuery(`${user}@${host}:${path}`, new URLSearchParams(query));
	return text;
}
function checkGitQuery(shown, query) {
	for (const [key, value] of query) {
		const wrong = (why) => /* @__PURE__ */ new Error(`${shown}: ${why}`);
		if (!gitQuery.includes(key)) throw wrong(`there is no ${JSON.stringify(key)}: ${suggest(key, gitQuery)}`);
		if (query.getAll(key).length > 1) throw wrong(`${key} is given twice`);
		const isSwitch = [
			"submodules",
			"keep-git-dir",
			"fetch-by-commit"
		].includes(key);
		if (isSwitch && value !== "" && !isBoolean(value)) throw wrong(`${key} is true or false`);
		if (!isSwitch && value === "") throw wrong(`${key} has no value`);
	}
}
function credentialsIn(shown, instead) {
	return /* @__PURE__ */ new Error(`${shown} carries a user name or a password: leave them out, and use ${instead}`);
}
// src/buildkit/cache.ts
const exported = {
	mode: ["min", "max"],
	"ignore-error": "boolean"
};
const manifest = {
	...compressionAttributes,
	"image-manifest": "boolean",
	"oci-mediatypes": "boolean"
};
const bucket = {
	name: "text",
	prefix: "text",
	manifests_prefix: "text",
	blobs_prefix: "text"
};
const backends = {
	inline: {
		place: {},
		imports: {},
		exports: exported,
		required: []
	},
	registry: {
		place: {
			ref: "text",
			"registry.insecure": "boolean"
		},
		imports: {},
		exports: {
			...exported,
			...manifest
		},
		required: ["ref"]
	},
	local: {
		place: { tag: "text" },
		imports: {
			src: "text",
			digest: "text"
		},
		exports: {
			...exported,
			...manifest,
			dest: "text",
			reset: "boolean"
		},
		required: ["src", "dest"]
	},
	gha: {
		place: {
			scope: "text",
			timeout: "duration",
			version: ["1", "2"],
			url: "text",
			url_v2: "text",
			token: "text",
			ghtoken: "text",
			repository: "text"
		},
		imports: {},
		exports: exported,
		required: []
	},
	s3: {
		place: {
			...bucket,
			bucket: "text",
			region: "text",
			endpoint_url: "text",
			use_path_style: "boolean",
			access_key_id: "text",
			secret_access_key: "text",
			session_token: "text",
			touch_refresh: "duration",
			upload_parallelism: "positive",
			disable_accept_encoding: "boolean",
			retry_mode: ["standard", "adaptive"],
			retry_max_attempts: "positive"
		},
		imports: {},
		exports: exported,
		required: ["bucket", "region"]
	},
	azblob: {
		place: {
			...bucket,
			account_url: "text",
			account_name: "text",
			container: "text",
			secret_access_key: "text"
		},
		imports: {},
		exports: exported,
		required: ["account_url"]
	}
};
const secretKeys = [
	"token",
	"ghtoken",
	"secret_access_key",
	"session_token"
];
function parseCacheImport(text) {
	const cache = parseCache(text);
	const { exports, imports, place } = backends[cache.type];
	if (cache.type === "inline") throw new Error("an inline cache is read from its image: write type=registry,ref=IMAGE");
	if (cache.attributes.has("dest")) throw new Error("dest is where a cache is written: write src=FOLDER");
	checkCache(cache, {
		...place,
		...imports
	}, exports);
	return cache;
}
function parseCacheExport(text) {
	const cache = parseCache(text);
	const { exports, place } = backends[cache.type];
	if (cache.attributes.has("src")) throw new Error("src is where a cache is read from: write dest=FOLDER");
	checkCache(cache, {
		...place,
		...exports
	});
	if (isPinned(cache)) throw new Error(`${cache.attributes.get("ref")} has a digest: a cache is written to a tag`);
	return cache;
}
function formatCache({ attributes, type }) {
	return formatFields([["type", type], ...attributes]);
}
function cacheSecrets({ attributes }) {
	return secretKeys.map((key) => attributes.get(key) ?? "").filter((value) => value !== "");
}
function cacheImportsFor(cache, platform, several) {
	if (!several || namesPlatform(cache) || isPinned(cache)) return [filled(cache, platform)];
	const own = separated(cache, platform);
	return cache.type === "local" ? [own] : [own, cache];
}
function cacheExportFor(cache, platform, several) {
	return !several || namesPlatform(cache) ? filled(cache, platform) : separated(cache, platform);
}
function parseCache(text) {
	const { attributes, type: word } = takeType(readFields$1(text));
	if (word === void 0) {
		const hint = attributes.has("ref") ? "type=registry" : "type=registry, type=local or the like";
		throw new Error(`${[...attributes.keys()].join(", ")}: no type is named: write ${hint} before it`);
	}
	const types = Object.keys(backends);
	const type = types.find((candidate) => candidate === word);
	if (type === void 0) throw new Error(`unknown type ${JSON.stringify(word)}: ${suggest(word, types)}`);
	return {
		type,
		attributes
	};
}
function readFields$1(text) {
	try {
		const fields = splitFields(text);
		const references = fields.map(({ key, value }) => value === void 0 ? key : void 0);
		if (references.length > 1 && references.every((reference) => reference !== void 0)) throw new Error(`put ${references.join(" and ")} on lines of their own`);
		const [reference] = references;
		if (fields.length === 1 && reference !== void 0) return /* @__PURE__ */ new Map([["type", "registry"], ["ref", reference]]);
		return parseFields(text, void 0);
	} catch (error) {
		if (!/(?:token|secret|key|password)\w*\s*=/i.test(text)) throw error;
		throw new Error("the line is not KEY=VALUE,… and is not shown, for it has a secret: quote a field that has a comma whole");
	}
}
function checkCache({ attributes, type }, own, passedOver = {}) {
	const table = {
		...passedOver,
		...own
	};
	for (const [key, value] of attributes) {
		checkKey(key, Object.keys(table));
		checkAttribute(key, value, table[key]);
		if (!secretKeys.includes(key)) checkTemplate(value);
	}
	for (const key of backends[type].required) if (key in own && (attributes.get(key) ?? "") === "") throw new Error(`type=${type} needs ${key}=`);
	const reference = attributes.get("ref");
	if (reference !== void 0) parseTarget(fillPlatform(reference, {
		os: "linux",
		architecture: "amd64"
	}));
}
function namesPlatform({ attributes }) {
	return [...attributes].some(([key, value]) => !secretKeys.includes(key) && hasPlatform(value));
}
function filled({ attributes, type }, platform) {
	const fill = (key, value) => secretKeys.includes(key) ? value : fillPlatform(value, platform);
	const pairs = Array.from(attributes, ([key, value]) => [key, fill(key, value)]);
	return {
		type,
		attributes: new Map(pairs)
	};
}
function isPinned({ attributes }) {
	return attributes.has("digest") || (attributes.get("ref") ?? "").includes("@");
}
function separated(cache, platform) {
	const slug = fillPlatform("{platform}", platform);
	const { attributes, type } = cache;
	const moved = (key, otherwise, move) => ({
		type,
		attributes: new Map([...attributes, [key, move(attributes.get(key) ?? otherwise)]])
	});
	if (type === "inline") return cache;
	if (type === "registry") return moved("ref", "", (reference) => ownTag(reference, slug));
	if (type === "gha") return moved("scope", "buildkit", (scope) => `${scope}-${slug}`);
	if (type === "local") return moved(attributes.has("src") ? "src" : "dest", "", (path) => `${path.replace(/\/+$/, "")}/${slug}`);
	const apart = (names) => names.replaceAll(/[^;]+/g, (name) => `${name}-${slug}`);
	return moved("name", "buildkit", apart);
}
function ownTag(reference, slug) {
	const [, name = reference, tag = "latest"] = /^(.*):([^:/]+)$/.exec(reference) ?? [];
	return `${name}:${tag.slice(0, 127 - slug.length)}-${slug}`;
}
// src/buildkit/extra-host.ts
function parseExtraHost(text) {
	const separator = text.includes("=") ? "=" : ":";
	const at = text.indexOf(separator);
	const [host, written] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
	const address = written.replace(/^\[(.*)\]$/, "$1");
	const wrong = (why) => /* @__PURE__ */ new Error(`${JSON.stringify(text)} is not HOST:IP: ${why}`);
	if (at === -1) throw wrong("it has no :");
	if (!/^[\w.-]+$/.test(host)) throw wrong(`${JSON.stringify(host)} can't be a host's name`);
	if (written !== "host-gateway" && (isIP(address) === 0 || address.includes("%"))) throw wrong(`${JSON.stringify(written)} is neither an IP address nor host-gateway`);
	return {
		host,
		address
	};
}
// src/buildkit/output.ts
const layers = {
	...compressionAttributes,
	name: "text",
	"oci-mediatypes": "boolean",
	"oci-artifact": "boolean",
	"attestation-inline": "boolean",
	"prefer-nondist-layers": "boolean",
	"rewrite-timestamp": "boolean",
	"source-date-epoch": "integer"
};
const archive = {
	...layers,
	dest: "text",
	tar: "boolean"
};
const files$1 = {
	dest: "text",
	"platform-split": "boolean",
	"attestation-prefix": "text",
	"source-date-epoch": "integer"
};
const attributesOf = {
	image: {
		...layers,
		push: "boolean",
		"push-by-digest": "boolean",
		"registry.insecure": "boolean",
		"name-canonical": "boolean",
		unpack: "boolean",
		store: "boolean",
		"dangling-name-prefix": "text",
		"danging-name-empty-only": "boolean"
	},
	oci: archive,
	docker: archive,
	local: {
		...files$1,
		mode: ["copy", "delete"]
	},
	tar: files$1,
	cacheonly: {}
};
const annotated = [
	"image",
	"oci",
	"docker"
];
const annotationPattern = /^annotation(?:-(?:manifest|index)(?:-descriptor)?)?(?:\[[a-z0-9_/-]+\])?\.\S+$/;
const levels = "manifest, index, manifest-descriptor and index-descriptor";
const example = {
	os: "linux",
	architecture: "amd64"
};
function parseOutput(text) {
	const path = barePath(text);
	if (path !== void 0) {
		checkDestination("local", path);
		return {
			type: "local",
			attributes: /* @__PURE__ */ new Map([["dest", path]])
		};
	}
	const { attributes: given, type: word } = takeType(parseFields(text, void 0));
	if (word === void 0) throw new Error(`${JSON.stringify(text)} names no type: write type=image or the like`);
	const isRegistry = word === "registry";
	const type = isRegistry ? "image" : exporterType(word);
	const attributes = isRegistry ? new Map([...given, ["push", "true"]]) : given;
	checkAttributes(type, attributes);
	return {
		type,
		attributes
	};
}
function formatOutput({ attributes, type }) {
	return formatFields([["type", type], ...attributes]);
}
function barePath(text) {
	const [field = "", ...others] = parseCsv(text);
	if (others.length > 0) return void 0;
	return !field.includes("=") || /^(?:\.{0,2}|[A-Za-z]:)[/\\]/.test(field) ? field : void 0;
}
function exporterType(word) {
	const types = Object.keys(attributesOf);
	const type = types.find((candidate) => candidate === word);
	if (type === void 0) throw new Error(`unknown type ${JSON.stringify(word)}: ${suggest(word, [...types, "registry"])}`);
	return type;
}
function checkAttributes(type, attributes) {
	const table = attributesOf[type];
	for (const [key, value] of attributes) {
		if (annotated.includes(type) && key.startsWith("annotation")) {
			checkAnnotation(key);
			continue;
		}
		checkKey(key, Object.keys(table));
		checkAttribute(key, value, table[key]);
	}
	for (const name of attributes.get("name")?.split(",") ?? []) checkName(name);
	if ("dest" in table) checkDestination(type, attributes.get("dest") ?? "");
}
function checkAnnotation(key) {
	if (annotationPattern.test(key)) return;
	throw new Error(`${JSON.stringify(key)} is neither annotation.KEY nor annotation-LEVEL.KEY, with one of the levels ${levels}`);
}
function checkName(name) {
	if (name === "" || name === "*") return;
	checkTemplate(name);
	parseTarget(fillPlatform(name, example));
}
function checkDestination(type, destination) {
	if (destination === "-") throw new Error("nothing can be written to - (standard output), which is the step's own: name a file");
	if (destination === "" && type === "docker") return;
	if (destination === "") throw new Error(`type=${type} needs dest=${type === "local" ? "FOLDER" : "FILE"}`);
	checkTemplate(destination);
}
// src/buildkit/secret.ts
function parseSecretValue(text) {
	const { id, optional, rest } = splitSecret(text, "ID=VALUE");
	if (rest === void 0) throw new Error("a line is not ID=VALUE (it is not shown): a value of several lines is quoted with its id, \"ID=LINE…\"");
	if (rest === "" && !optional) throw new Error(`${id} is empty: write ${id}?= if it may be`);
	return {
		id,
		optional,
		source: {
			kind: "value",
			value: rest
		}
	};
}
function parseSecretEnv(text) {
	const { id, optional, rest = id } = splitSecret(text, "ID=VARIABLE");
	if (!/^[A-Za-z_]\w*$/.test(rest)) throw new Error(`${id}: what stands behind it (not shown) is not the name of a variable`);
	return {
		id,
		optional,
		source: {
			kind: "env",
			name: rest
		}
	};
}
function parseSecretFile(text) {
	const { id, optional, rest = "" } = splitSecret(text, "ID=PATH");
	if (rest === "") throw new Error(`${id} names no file: write ${id}=PATH`);
	return {
		id,
		optional,
		source: {
			kind: "file",
			path: rest
		}
	};
}
function splitSecret(text, form) {
	const [, id, mark, rest] = /^([A-Za-z0-9][\w.:/-]*)(\?)?(?:=(.*))?$/s.exec(text) ?? [];
	if (id === void 0) throw new Error(`an entry does not begin with ID= (it is not shown): write ${form}, the id of letters, digits, _ . : / -`);
	return {
		id,
		optional: mark !== void 0,
		rest
	};
}
// src/buildkit/ssh.ts
function parseSsh(text) {
	const [, id, list] = /^([A-Za-z0-9][\w.:@/-]*)(?:=(.*))?$/s.exec(text) ?? [];
	if (id === void 0) throw new Error(`${JSON.stringify(text)} is not ID, ID=SOCKET or ID=KEY,…: mostly, it is default`);
	let raw = false;
	const paths = [];
	for (const [index, part] of (list ?? "").split(",").entries()) {
		const [, word] = /^raw=(.*)$/s.exec(part) ?? [];
		if (word !== void 0) {
			if (!isBoolean(word)) throw new Error(`${id}: raw=${word}: it is true or false`);
			raw = isTrue(word);
		} else if (part === "raw" && index > 0) raw = true;
		else if (part !== "") paths.push(part);
	}
	if (raw && paths.length !== 1) throw new Error(`${id}: raw needs exactly one socket`);
	return {
		id,
		paths,
		raw
	};
}
function formatSsh({ id, paths, raw }) {
	const list = [...paths, ...raw ? ["raw=true"] : []];
	return list.length === 0 ? id : `${id}=${list.join(",")}`;
}
// src/buildkit/ulimit.ts
const names$2 = "core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack".split(" ");
function parseUlimit(text) {
	const wrong = (why) => /* @__PURE__ */ new Error(`${JSON.stringify(text)} is not NAME=SOFT:HARD: ${why}`);
	const equals = text.indexOf("=");
	if (equals === -1) throw wrong("it has no =");
	const name = text.slice(0, equals);
	if (!names$2.includes(name)) throw wrong(`unknown limit ${JSON.stringify(name)}: ${suggest(name, names$2)}`);
	const [, soft, hard = soft] = /^(-1|\d{1,18})(?::(-1|\d{1,18}))?$/.exec(text.slice(equals + 1)) ?? [];
	if (soft === void 0 || hard === void 0) throw wrong("a limit is a whole number, or -1 for none");
	if (BigInt.asUintN(64, BigInt(soft)) > BigInt.asUintN(64, BigInt(hard))) throw wrong("the soft limit is above the hard one");
	return `${name}=${soft}:${hard}`;
}
// src/inputs/bytes.ts
const powers = "bkmgtp";
function parseBytes(text) {
	const [, number, unit = ""] = /^(\d+(?:\.\d*)?|\.\d+) ?(b|[kmgtp](?:i?b)?)?$/i.exec(text) ?? [];
	if (number === void 0) throw new Error(`${JSON.stringify(text)} is not a size such as 64m, 2g or 1073741824`);
	const power = unit === "" ? 0 : powers.indexOf(unit.charAt(0).toLowerCase());
	const bytes = Math.trunc(Number(number) * 1024 ** power);
	if (!Number.isSafeInteger(bytes)) throw new Error(`${JSON.stringify(text)} is larger than any memory`);
	return bytes;
}
// src/inputs/duration.ts
const longest = 2 ** 31 - 1;
const number = String.raw`(\d+(?:\.\d+)?)`;
const pattern = new RegExp(`^(?:${number}h)?(?:${number}m)?(?:${number}s)?(?:${number}ms)?$`);
function parseDuration(text) {
	const match = text === "" ? null : pattern.exec(/^[\d.]+$/.test(text) ? `${text}s` : text);
	if (match === null) throw new Error(`${JSON.stringify(text)} is not a time such as 90s, 30m or 1h30m`);
	const [, hours = "0", minutes = "0", seconds = "0", milliseconds = "0"] = match;
	const sum = Number(hours) * 36e5 + Number(minutes) * 6e4 + Number(seconds) * 1e3;
	const total = Math.round(sum + Number(milliseconds));
	if (total > longest) throw new Error(`${JSON.stringify(text)} is longer than the 24 days that can be waited for`);
	return total;
}
// src/inputs/known-platform.ts
const usualPlatforms = [
	"linux/amd64",
	"linux/arm64",
	"linux/arm/v7",
	"linux/arm/v6",
	"linux/arm/v5",
	"linux/386",
	"linux/ppc64le",
	"linux/s390x",
	"linux/riscv64",
	"linux/loong64",
	"linux/mips64le",
	"windows/amd64",
	"windows/arm64",
	"darwin/amd64",
	"darwin/arm64",
	"freebsd/amd64"
];
function checkKnownPlatform(text, host) {
	const platform = parsePlatform(text, host);
	const usualVariant = variantPatterns[platform.architecture]?.test(platform.variant ?? "") ?? true;
	if (isKnownPlatform(platform) && usualVariant) return platform;
	const suggestion = nearest(formatPlatform(platform), usualPlatforms);
	const hint = suggestion === void 0 ? "it is one such as linux/arm64" : `did you mean ${suggestion}?`;
	throw new InputError(`unknown platform ${JSON.stringify(text)}: ${hint}`);
}
const variantPatterns = {
	amd64: /^(?:v[1-4])?$/,
	arm: /^(?:v[4-8])?$/,
	arm64: /^(?:v[89](?:\.\d+)?)?$/
};
// src/tags/date-format.ts
const minute = 6e4;
const day = 1440 * minute;
const months = words$1("January February March April May June July August September October November December");
const weekdays = words$1("Sunday Monday Tuesday Wednesday Thursday Friday Saturday");
const tokenPattern = /\[([^[\]]*)\]|\\?(?:YYYYYY|YYYYY|YYYY|YY|Y|Qo|Q|MMMM|MMM|MM|Mo|M|DDDD|DDDo|DDD|DD|Do|D|dddd|ddd|dd|do|d|e|E|wo|ww|w|Wo|WW|W|ggggg|gggg|gg|GGGGG|GGGG|GG|A|a|HH|H|hh|h|kk|k|mm|m|ss|s|S{1,9}|ZZ|Z|zz|z|X|x|LTS|LT|LL?L?L?|l{1,4}|N{1,5}|y{1,4}o?)|\\./g;
const tokens = {
	YYYYYY: ({ clock }) => `+${pad(clock.getUTCFullYear(), 6)}`,
	YYYYY: ({ clock }) => pad(clock.getUTCFullYear(), 5),
	YYYY: ({ clock }) => pad(clock.getUTCFullYear(), 4),
	YY: ({ clock }) => pad(clock.getUTCFullYear() % 100, 2),
	Y: ({ clock }) => String(clock.getUTCFullYear()),
	Q: ({ clock }) => String(quarter(clock)),
	Qo: ({ clock }) => ordinal(quarter(clock)),
	MMMM: ({ clock }) => months[clock.getUTCMonth()] ?? "",
	MMM: ({ clock }) => months[clock.getUTCMonth()]?.slice(0, 3) ?? "",
	MM: ({ clock }) => pad(clock.getUTCMonth() + 1, 2),
	Mo: ({ clock }) => ordinal(clock.getUTCMonth() + 1),
	M: ({ clock }) => String(clock.getUTCMonth() + 1),
	DDDD: ({ clock }) => pad(dayOfYear(clock), 3),
	DDDo: ({ clock }) => ordinal(dayOfYear(clock)),
	DDD: ({ clock }) => String(dayOfYear(clock)),
	DD: ({ clock }) => pad(clock.getUTCDate(), 2),
	Do: ({ clock }) => ordinal(clock.getUTCDate()),
	D: ({ clock }) => String(clock.getUTCDate()),
	dddd: ({ clock }) => weekdays[clock.getUTCDay()] ?? "",
	ddd: ({ clock }) => weekdays[clock.getUTCDay()]?.slice(0, 3) ?? "",
	dd: ({ clock }) => weekdays[clock.getUTCDay()]?.slice(0, 2) ?? "",
	do: ({ clock }) => ordinal(clock.getUTCDay()),
	d: ({ clock }) => String(clock.getUTCDay()),
	e: ({ clock }) => String(clock.getUTCDay()),
	E: ({ clock }) => String(clock.getUTCDay() || 7),
	ww: ({ clock }) => pad(week(clock, englishWeek).week, 2),
	wo: ({ clock }) => ordinal(week(clock, englishWeek).week),
	w: ({ clock }) => String(week(clock, englishWeek).week),
	WW: ({ clock }) => pad(week(clock, isoWeek).week, 2),
	Wo: ({ clock }) => ordinal(week(clock, isoWeek).week),
	W: ({ clock }) => String(week(clock, isoWeek).week),
	ggggg: ({ clock }) => pad(week(clock, englishWeek).year, 5),
	gggg: ({ clock }) => pad(week(clock, englishWeek).year, 4),
	gg: ({ clock }) => pad(week(clock, englishWeek).year % 100, 2),
	GGGGG: ({ clock }) => pad(week(clock, isoWeek).year, 5),
	GGGG: ({ clock }) => pad(week(clock, isoWeek).year, 4),
	GG: ({ clock }) => pad(week(clock, isoWeek).year % 100, 2),
	A: ({ clock }) => clock.getUTCHours() < 12 ? "AM" : "PM",
	a: ({ clock }) => clock.getUTCHours() < 12 ? "am" : "pm",
	HH: ({ clock }) => pad(clock.getUTCHours(), 2),
	H: ({ clock }) => String(clock.getUTCHours()),
	hh: ({ clock }) => pad(clock.getUTCHours() % 12 || 12, 2),
	h: ({ clock }) => String(clock.getUTCHours() % 12 || 12),
	kk: ({ clock }) => pad(clock.getUTCHours() || 24, 2),
	k: ({ clock }) => String(clock.getUTCHours() || 24),
	mm: ({ clock }) => pad(clock.getUTCMinutes(), 2),
	m: ({ clock }) => String(clock.getUTCMinutes()),
	ss: ({ clock }) => pad(clock.getUTCSeconds(), 2),
	s: ({ clock }) => String(clock.getUTCSeconds()),
	ZZ: (time) => offset(time, ""),
	Z: (time) => offset(time, ":"),
	X: ({ instant }) => String(Math.floor(instant.getTime() / 1e3)),
	x: ({ instant }) => String(instant.getTime())
};
function formatDate(instant, format, timeZone = "UTC") {
	const time = {
		instant,
		clock: localClock(instant, timeZone)
	};
	return format.replaceAll(tokenPattern, (whole, bracketed) => {
		if (bracketed !== void 0) return bracketed;
		if (whole.startsWith("\\")) return whole.slice(1);
		if (whole.startsWith("S")) return pad(instant.getUTCMilliseconds(), 3).padEnd(9, "0").slice(0, whole.length);
		const token = tokens[whole];
		if (token !== void 0) return token(time);
		const instead = whole.startsWith("z") ? "Z is the offset" : `write it out, or as [${whole}] for the letters`;
		throw new Error(`the date format ${JSON.stringify(format)} has ${whole}, which is not known here: ${instead}`);
	});
}
function localClock(instant, timeZone) {
	if (/^(?:UTC|GMT)$/i.test(timeZone)) return instant;
	let parts;
	try {
		parts = new Intl.DateTimeFormat("en-US", {
			timeZone,
			hourCycle: "h23",
			year: "numeric",
			month: "numeric",
			day: "numeric",
			hour: "numeric",
			minute: "numeric",
			second: "numeric"
		}).formatToParts(instant);
	} catch (error) {
		throw new Error(`there is no time zone ${JSON.stringify(timeZone)}: one is called like Europe/Berlin`, { cause: error });
	}
	const field = (type) => Number(parts.find((part) => part.type === type)?.value);
	return new Date(Date.UTC(field("year"), field("month") - 1, field("day"), field("hour"), field("minute"), field("second")));
}
function offset({ clock, instant }, separator) {
	const minutes = Math.round((clock.getTime() - instant.getTime()) / minute);
	const distance = Math.abs(minutes);
	return `${minutes < 0 ? "-" : "+"}${pad(Math.floor(distance / 60), 2)}${separator}${pad(distance % 60, 2)}`;
}
function quarter(clock) {
	return Math.floor(clock.getUTCMonth() / 3) + 1;
}
function dayOfYear(clock) {
	return Math.floor((clock.getTime() - Date.UTC(clock.getUTCFullYear(), 0, 1)) / day) + 1;
}
const isoWeek = {
	first: 1,
	anchor: 4
};
const englishWeek = {
	first: 0,
	anchor: 6
};
function week(clock, rule) {
	const sinceFirst = (clock.getUTCDay() - rule.first + 7) % 7;
	const anchor = new Date(clock.getTime() + (rule.anchor - rule.first - sinceFirst) * day);
	return {
		year: anchor.getUTCFullYear(),
		week: Math.floor((dayOfYear(anchor) - 1) / 7) + 1
	};
}
function ordinal(number) {
	return `${number}${/1\d$/.test(String(number)) ? "th" : [
		"th",
		"st",
		"nd",
		"rd"
	][number % 10] ?? "th"}`;
}
function pad(number, length) {
	return String(number).padStart(length, "0");
}
function words$1(text) {
	return text.split(" ");
}
// src/tags/template.ts
const dateExpressions = ["date", "commit_date"];
const versionExpressions = [
	"version",
	"raw",
	"major",
	"minor",
	"patch"
];
const globalExpressions = [...[
	"branch",
	"tag",
	"sha",
	"base_ref",
	"is_default_branch",
	"is_not_default_branch"
], ...dateExpressions];
const quoted = `'[^']*'|"[^"]*"`;
const datePattern = new RegExp(`^\\w+\\s+(${quoted})(?:\\s+tz=(${quoted}))?$`);
function parseTemplate(text, names) {
	if (text.includes("${{")) throw new Error("${{ … }} is filled in by GitHub alone: write {{ … }}, or the CI's own variables");
	return text.split(/\{\{(.*?)\}\}/s).flatMap((part, index) => {
		if (index % 2 === 1) return [parseExpression(part.trim(), names)];
		if (part.includes("{{")) throw new Error("a {{ is not closed");
		return part === "" ? [] : [part];
	});
}
function renderTemplate(template, valueOf) {
	return template.map((part) => typeof part === "string" ? part : valueOf(part)).join("");
}
function mentions(template, ...names) {
	return template.some((part) => typeof part !== "string" && names.some((name) => name === part.name));
}
function parseExpression(text, names) {
	const [word = ""] = /^\S*/.exec(text) ?? [];
	const name = names.find((candidate) => candidate === word);
	if (name === void 0) throw new Error(`there is no {{${text}}}: ${suggest(word, names)}`);
	const expression = name === "date" || name === "commit_date" ? {
		name,
		...parseDate(text, name)
	} : { name };
	if (!("format" in expression) && text !== name) throw new Error(`{{${name}}} takes nothing: there is {{${text}}}`);
	return expression;
}
function parseDate(text, name) {
	const [, format, zone] = datePattern.exec(text) ?? [];
	if (format === void 0) throw new Error(`{{${text}}} is not {{${name} 'YYYYMMDD' tz='Europe/Berlin'}}`);
	const date = {
		format: unquote(format),
		timeZone: zone === void 0 ? "UTC" : unquote(zone)
	};
	formatDate(/* @__PURE__ */ new Date(0), date.format, date.timeZone);
	return date;
}
function unquote(text) {
	return text.slice(1, -1);
}
// src/tags/flavor.ts
const names$1 = [
	"latest",
	"prefix",
	"suffix",
	"onlatest"
];
function parseFlavor(items) {
	const none = {
		text: [],
		onLatest: false
	};
	return items.reduce((flavor, item) => ({
		...flavor,
		...parseItem(item)
	}), {
		latest: "auto",
		prefix: none,
		suffix: none
	});
}
function checkFlavor(item) {
	parseItem(item);
	return item;
}
function parseItem(item) {
	try {
		let read = {};
		let affix;
		for (const field of parseCsv(item)) {
			const equals = field.indexOf("=");
			if (equals === -1) throw new Error(`${JSON.stringify(field)} is not NAME=value`);
			const name = field.slice(0, equals).trim().toLowerCase();
			const value = field.slice(equals + 1).trim();
			if (name === "latest") {
				if (value !== "auto" && value !== "true" && value !== "false") throw new Error(`latest=${value}: ${suggest(value, [
					"auto",
					"true",
					"false"
				])}`);
				read = {
					...read,
					latest: value
				};
			} else if (name === "prefix" || name === "suffix") {
				affix = name;
				read = {
					...read,
					[affix]: {
						text: parseTemplate(value, globalExpressions),
						onLatest: false
					}
				};
			} else if (name === "onlatest") {
				if (value !== "true" && value !== "false") throw new Error(`onlatest=${value} is neither true nor false`);
				if (affix === void 0) throw new Error("onlatest stands behind the prefix or suffix that it is about");
				read = {
					...read,
					[affix]: {
						text: read[affix]?.text ?? [],
						onLatest: value === "true"
					}
				};
			} else throw new Error(`there is no ${JSON.stringify(name)}: ${suggest(name, names$1)}`);
		}
		return read;
	} catch (error) {
		if (error instanceof InputError) throw error;
		const why = error instanceof Error ? error.message : String(error);
		throw new InputError(`not a flavor: ${JSON.stringify(item)}: ${why}`, { cause: error });
	}
}
// src/tags/rule.ts
const refEvents = [
	"branch",
	"tag",
	"pr"
];
const shaFormats = ["short", "long"];
const ruleTypes = {
	schedule: {
		takes: ["pattern"],
		priority: 1e3
	},
	semver: {
		takes: [
			"pattern",
			"value",
			"match"
		],
		priority: 900
	},
	pep440: {
		takes: [
			"pattern",
			"value",
			"match"
		],
		priority: 900
	},
	match: {
		takes: [
			"pattern",
			"group",
			"value"
		],
		priority: 800
	},
	edge: {
		takes: ["branch"],
		priority: 700
	},
	ref: {
		takes: ["event"],
		priority: 600
	},
	raw: {
		takes: ["value"],
		priority: 200
	},
	sha: {
		takes: ["format"],
		priority: 100
	}
};
const typeNames = Object.keys(ruleTypes);
const commonAttributes = [
	"enable",
	"priority",
	"prefix",
	"suffix"
];
const ruleAttributes = [.../* @__PURE__ */ new Set([
	"type",
	...commonAttributes,
	...Object.values(ruleTypes).flatMap(({ takes }) => takes)
])];
function rawRule(value) {
	return {
		type: "raw",
		text: value,
		enable: ["true"],
		priority: ruleTypes.raw.priority,
		value: parseTemplate(value, globalExpressions)
	};
}
function parseTagRule(text) {
	try {
		const fields = readFields(text);
		const type = fields.get("type") ?? "raw";
		if (!isRuleType(type)) throw new Error(`there is no type ${JSON.stringify(type)}: ${suggest(type, typeNames)}`);
		const { priority, takes } = ruleTypes[type];
		const known = [
			"type",
			...takes,
			...commonAttributes
		];
		for (const key of fields.keys()) if (!known.includes(key)) throw new Error(`type=${type} takes no ${JSON.stringify(key)}: ${suggest(key, known)}`);
		const prefix = fields.get("prefix") ?? defaultPrefix(type, fields);
		const suffix = fields.get("suffix");
		return {
			text,
			enable: parseEnable(fields.get("enable")),
			priority: parsePriority(fields.get("priority")) ?? priority,
			...prefix === void 0 ? {} : { prefix: parseTemplate(prefix, globalExpressions) },
			...suffix === void 0 ? {} : { suffix: parseTemplate(suffix, globalExpressions) },
			...parseType(type, fields)
		};
	} catch (error) {
		if (error instanceof InputError) throw error;
		const why = error instanceof Error ? error.message : String(error);
		throw new InputError(`not a tag rule: ${JSON.stringify(text)}: ${why}`, { cause: error });
	}
}
function parseType(type, fields) {
	const given = (key) => fields.get(key) || void 0;
	const needed = (key, example) => {
		const value = given(key);
		if (value === void 0) throw new Error(`it needs ${key}, such as ${key}=${example}`);
		return value;
	};
	const value = given("value");
	const ownValue = value === void 0 ? {} : { value: parseTemplate(value, globalExpressions) };
	switch (type) {
		case "schedule": return {
			type,
			pattern: parseTemplate(given("pattern") ?? "nightly", dateExpressions)
		};
		case "semver":
		case "pep440": {
			const match = given("match");
			return {
				type,
				pattern: parseTemplate(needed("pattern", "{{version}}"), versionExpressions),
				...ownValue,
				...match === void 0 ? {} : { match: parseRegExp(match, "") }
			};
		}
		case "match": {
			const pattern = needed("pattern", "v(.*)");
			const [, source = pattern, flags = ""] = /^\/(.+)\/([a-z]*)$/s.exec(pattern) ?? [];
			return {
				type,
				pattern: parseRegExp(source, flags),
				group: parseGroup(given("group")),
				...ownValue
			};
		}
		case "edge": {
			const branch = given("branch");
			return {
				type,
				...branch === void 0 ? {} : { branch }
			};
		}
		case "ref": return {
			type,
			event: parseWord("event", needed("event", "branch"), refEvents)
		};
		case "raw": return {
			type,
			value: parseTemplate(needed("value", "latest"), globalExpressions)
		};
		case "sha": return {
			type,
			format: parseWord("format", given("format") ?? "short", shaFormats)
		};
		default: return type;
	}
}
function defaultPrefix(type, fields) {
	if (type === "sha") return "sha-";
	return type === "ref" && fields.get("event") === "pr" ? "pr-" : void 0;
}
function readFields(text) {
	const fields = /* @__PURE__ */ new Map();
	for (const field of parseCsv(text)) {
		const equals = field.indexOf("=");
		const key = equals === -1 ? "value" : field.slice(0, equals).trim().toLowerCase();
		if (fields.has(key)) throw new Error(`${key} is given twice: a rule has a line of its own, and a field with commas is quoted whole`);
		fields.set(key, field.slice(equals + 1).trim());
	}
	return fields;
}
function isRuleType(type) {
	return typeNames.includes(type);
}
function parseEnable(text) {
	const enable = parseTemplate(text ?? "true", globalExpressions);
	if (!enable.some((part) => typeof part !== "string") && text !== void 0 && !/^(?:true|false)$/.test(text)) throw new Error(`enable=${text} is neither true nor false`);
	return enable;
}
function parsePriority(text) {
	if (text === void 0 || text === "") return void 0;
	if (!/^-?\d+(?:\.\d+)?$/.test(text)) throw new Error(`priority=${text} is not a number`);
	return Number(text);
}
function parseGroup(text = "0") {
	if (!/^\d{1,4}$/.test(text)) throw new Error(`group=${text} is not the number of a group`);
	return Number(text);
}
function parseWord(key, text, words) {
	const word = words.find((candidate) => candidate === text);
	if (word === void 0) throw new Error(`there is no ${key}=${text}: ${suggest(text, words)}`);
	return word;
}
function parseRegExp(source, flags) {
	if (!/^[gimsu]*$/.test(flags)) throw new Error(`a regular expression may have the flags g, i, m, s and u: ${flags}`);
	try {
		return new RegExp(source, flags);
	} catch (error) {
		throw new Error(`${JSON.stringify(source)} is not a regular expression`, { cause: error });
	}
}
// src/tags/spec.ts
function splitTagList(text) {
	return text.split("\n").flatMap((line) => {
		if (line.trimStart().startsWith("#")) return [];
		return splitList(line, { commas: !/(?:^|,)\s*"?type\s*=/i.test(line) });
	});
}
function parseTagSpec(text) {
	if (text === "auto") return { kind: "auto" };
	if (/(?:^|,)\s*"?type\s*=/i.test(text)) return {
		kind: "rule",
		rule: parseTagRule(text)
	};
	const wrong = (why, cause) => new InputError(`not a tag: ${JSON.stringify(text)}: ${why}`, { cause });
	const plain = text.replaceAll(/\{\{.*?\}\}/gs, "");
	const [key = "", ...values] = plain.split("=");
	if (values.length > 0) {
		if (nearest(key.trim().toLowerCase(), ruleAttributes) === "type") throw wrong(`did you mean ${JSON.stringify(`type=${values.join("=")}`)}?`);
		throw wrong("a rule is one line that begins with its type, such as type=semver,pattern={{version}}");
	}
	if (text.includes("{{")) {
		if (/[/:]/.test(plain)) throw wrong("a whole reference can't hold expressions: give the repository as image");
		return {
			kind: "rule",
			rule: parseRaw(text, wrong)
		};
	}
	if (/[/:]/.test(text)) return {
		kind: "reference",
		reference: parseTaggedReference(text)
	};
	if (!isTag(text)) {
		const meant = toTag(text);
		throw wrong(isTag(meant) ? `did you mean ${JSON.stringify(meant)}?` : "a tag has at most 128 of A-Z a-z 0-9 _ . and -");
	}
	return {
		kind: "tag",
		tag: text
	};
}
function isTag(text) {
	return /^\w[\w.-]{0,127}$/.test(text);
}
function toTag(text) {
	return text.replaceAll(/[^\w.-]+/g, "-").replace(/^[.-]+/, "");
}
function parseTaggedReference(text) {
	const reference = parseTarget(text);
	if (reference.digest !== void 0) throw new InputError(`not a tag: ${JSON.stringify(text)}: a digest can't be moved; leave out the @ and what follows`);
	return {
		tag: "latest",
		...reference
	};
}
function parseRaw(text, wrong) {
	try {
		return rawRule(text);
	} catch (error) {
		throw wrong(error instanceof Error ? error.message : String(error), error);
	}
}
// src/registry/trust.ts
const fieldNames = [
	"http",
	"insecure",
	"mirror",
	"ca",
	"cert",
	"key"
];
function parseRegistryTrust(text) {
	const [host = "", ...fields] = parseCsv(text);
	if (!/^(\[[0-9a-f:]+\]|[\w.-]+)(:\d+)?$/i.test(host)) throw new Error(`${JSON.stringify(host)} is not a registry's host[:port]`);
	const values = /* @__PURE__ */ new Map();
	for (const field of fields) {
		const [, name = "", value = "true"] = /^([^=]*)(?:=(.*))?$/s.exec(field) ?? [];
		if (!fieldNames.includes(name)) throw new Error(`${host}: unknown field ${JSON.stringify(name)}: there are ${fieldNames.join(", ")}`);
		values.set(name, [...values.get(name) ?? [], value]);
	}
	const file = (name) => {
		const [path] = values.get(name) ?? [];
		return path === void 0 ? {} : { [name]: path };
	};
	const flag = (name) => {
		const value = values.get(name)?.at(-1);
		if (value === void 0) return void 0;
		if (value !== "true" && value !== "false") throw new Error(`${host}: ${name} is true or false`);
		return value === "true";
	};
	const http = flag("http");
	if (values.has("cert") !== values.has("key")) throw new Error(`${host}: cert and key belong together`);
	return {
		host,
		mirrors: values.get("mirror") ?? [],
		...http === void 0 ? {} : { http },
		insecure: flag("insecure") ?? false,
		...file("ca"),
		...file("cert"),
		...file("key")
	};
}
function renderRegistryToml(registries, fileAt) {
	const text = (value) => JSON.stringify(value);
	return registries.map((trust) => {
		const { ca, cert, host, insecure, key, mirrors } = trust;
		const http = speaksHttp(trust);
		return [
			`[registry.${text(host)}]`,
			...mirrors.length === 0 ? [] : [`  mirrors = [${mirrors.map(text).join(", ")}]`],
			...http === void 0 ? [] : [`  http = ${http}`],
			...insecure ? ["  insecure = true"] : [],
			...ca === void 0 ? [] : [`  ca = [${text(fileAt(ca))}]`],
			...cert === void 0 || key === void 0 ? [] : [
				`  [[registry.${text(host)}.keypair]]`,
				`    key = ${text(fileAt(key))}`,
				`    cert = ${text(fileAt(cert))}`
			],
			""
		].join("\n");
	}).join("\n");
}
function authTlsArguments(registries) {
	return registries.filter(({ ca, cert, insecure }) => insecure || ca !== void 0 || cert !== void 0).map(({ ca, cert, host, insecure, key }) => {
		return `--registry-auth-tlscontext=${formatCsv([
			`host=${apiHost(host)}`,
			...ca === void 0 ? [] : [`ca=${ca}`],
			...cert === void 0 ? [] : [`cert=${cert}`],
			...key === void 0 ? [] : [`key=${key}`],
			...insecure ? ["insecure=true"] : []
		])}`;
	});
}
// src/steps/fields.ts
function platformList(description) {
	return list({
		description,
		commas: true,
		placeholder: "linux/amd64,linux/arm64",
		item: (text) => normalizePlatform(checkKnownPlatform(text))
	});
}
function repositoryList(description) {
	return list({
		description,
		commas: true,
		placeholder: "REGISTRY/REPOSITORY",
		item: parseRepository
	});
}
function parseRepository(text) {
	const reference = parseTarget(text);
	if (reference.tag === void 0 && reference.digest === void 0) return reference;
	const { registry, repository } = reference;
	throw new Error(`${JSON.stringify(text)} names a tag or digest: give the repository ${formatReference({
		registry,
		repository
	})} here, and tags as tags`);
}
function tagList(description) {
	return list({
		description,
		commas: splitTagList,
		placeholder: "TAG|REFERENCE|RULE",
		item: parseTagSpec
	});
}
function flavorList() {
	return list({
		description: "What the tags made by rules have in common, one per line: latest=auto|true|false, prefix=TEXT, suffix=TEXT.",
		commas: false,
		placeholder: "NAME=value",
		item: checkFlavor
	});
}
function entitlementList(description) {
	return list({
		description,
		commas: true,
		placeholder: "PRIVILEGE",
		item: (entitlement) => {
			if (!/^(network\.host|security\.insecure|device(=.+)?)$/.test(entitlement)) throw new Error(`${JSON.stringify(entitlement)} is not one of network.host, security.insecure, device and device=NAME`);
			return entitlement;
		}
	});
}
function registryTrustList() {
	return list({
		description: "How registries are reached that are not on HTTPS with a public certificate, one per line: HOST and behind commas http, insecure, mirror=HOST, ca=FILE, cert=FILE, key=FILE. It counts for the daemon, for buildctl and for publishing.",
		commas: false,
		placeholder: "HOST,FIELD,…",
		item: parseRegistryTrust
	});
}
function resolveRegistries(registries, cwd) {
	const file = (name, path) => path === void 0 ? {} : { [name]: resolve(cwd, path) };
	return registries.map((trust) => ({
		...trust,
		...file("ca", trust.ca),
		...file("cert", trust.cert),
		...file("key", trust.key)
	}));
}
function missingRegistryFiles(registries, cwd) {
	return resolveRegistries(registries, cwd).flatMap(({ ca, cert, host, key }) => [
		ca,
		cert,
		key
	].filter((path) => path !== void 0 && !existsSync(path)).map((path) => `registries: there is no file ${path} (for ${host})`));
}
function repeatedPlatforms(name, platforms) {
	const texts = platforms.map(formatPlatform);
	return [...new Set(texts.filter((text, index) => texts.indexOf(text) !== index))].map((text) => `${name}: ${text} stands there twice`);
}
// src/buildkit/tls/files.ts
function runTlsFiles({ client }) {
	return {
		ca: join(client, "ca.pem"),
		cert: join(client, "cert.pem"),
		key: join(client, "key.pem")
	};
}
function planRunTls(certificates, folders) {
	const { ca, server, client } = certificates;
	return [
		{
			path: join(folders.server, "ca.pem"),
			text: ca
		},
		{
			path: join(folders.server, "server-cert.pem"),
			text: server.cert
		},
		{
			path: join(folders.server, "server-key.pem"),
			text: server.key
		},
		{
			path: join(folders.client, "ca.pem"),
			text: ca
		},
		{
			path: join(folders.client, "cert.pem"),
			text: client.cert
		},
		{
			path: join(folders.client, "key.pem"),
			text: client.key
		}
	];
}
function writePrivateFiles(files) {
	for (const { path, text } of files) {
		mkdirSync(dirname(path), {
			recursive: true,
			mode: 448
		});
		rmSync(path, { force: true });
		writeFileSync(path, text, {
			mode: 384,
			flag: "wx"
		});
	}
}
function tlsArguments(tls) {
	if (tls === void 0) return [];
	return [
		`--tlscacert=${tls.ca}`,
		...tls.cert === void 0 ? [] : [`--tlscert=${tls.cert}`],
		...tls.key === void 0 ? [] : [`--tlskey=${tls.key}`],
		...tls.serverName === void 0 ? [] : [`--tlsservername=${tls.serverName}`]
	];
}
// src/buildkit/drivers/endpoint.ts
const tlsFields = {
	"tls-ca": "ca",
	"tls-cert": "cert",
	"tls-key": "key",
	"tls-server-name": "serverName"
};
const buildxFields = {
	cacert: "tls-ca",
	cert: "tls-cert",
	key: "tls-key",
	servername: "tls-server-name"
};
function parseEndpoint(text) {
	const [address = "", ...fields] = parseCsv(text);
	const wrong = (why) => new InputError(`not an endpoint: ${JSON.stringify(address)}: ${why}`);
	checkAddress(address, wrong);
	const tls = {};
	let platforms;
	const seen = /* @__PURE__ */ new Set();
	for (const field of fields) {
		const equals = field.indexOf("=");
		const name = equals === -1 ? field : field.slice(0, equals);
		const content = equals === -1 ? "" : field.slice(equals + 1);
		if (content === "") throw wrong(`${JSON.stringify(name)} has no value`);
		if (seen.has(name)) throw wrong(`${name} is given twice`);
		seen.add(name);
		const tlsField = tlsFields[name];
		if (name === "platforms") platforms = content.split(/[;,]/).map((platform) => normalizePlatform(parsePlatform(platform.trim())));
		else if (tlsField !== void 0) tls[tlsField] = content;
		else {
			const known = ["platforms", ...Object.keys(tlsFields)].join(", ");
			const meant = buildxFields[name];
			throw wrong(`there is no field ${JSON.stringify(name)}: ${meant === void 0 ? `there are ${known}` : `write ${meant}`}`);
		}
	}
	if (seen.size > (seen.has("platforms") ? 1 : 0) && !address.startsWith("tcp://")) throw wrong("only tcp:// has TLS, the others are as safe as what they go through");
	return {
		address,
		...platforms === void 0 ? {} : { platforms },
		tls
	};
}
function formatEndpoint({ address, platforms }) {
	return platforms === void 0 ? address : `${address},platforms=${platforms.map(formatPlatform).join(";")}`;
}
const containerPattern = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
const kubernetesPattern = /^[a-z0-9][a-z0-9.-]*$/;
const contextPattern = /^[A-Za-z0-9][A-Za-z0-9_.:@/-]*$/;
const hostPattern = /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$/;
function checkAddress(address, wrong) {
	const match = /^([a-z-]+):\/\/([^?#]*)(?:\?([^#]*))?(#.*)?$/.exec(address);
	if (match === null) throw wrong("an address is KIND://…, such as tcp://10.0.0.7:1234 or docker-container://name");
	if (/[^\u0021-\u007E]/.test(address)) throw wrong("it has a space or another odd character");
	const [, scheme = "", rest = "", query, fragment] = match;
	if (fragment !== void 0) throw wrong("it has a part after #, which means nothing here");
	const parameters = new URLSearchParams(query ?? "");
	const check = checks[scheme];
	if (check === void 0) throw wrong(`there are ${Object.keys(checks).join("://, ")}://`);
	for (const [name, content] of parameters) {
		const pattern = check.parameters?.[name];
		if (pattern === void 0) throw wrong(`${scheme}:// takes no ${JSON.stringify(name)}`);
		if (!pattern.test(content)) throw wrong(`${JSON.stringify(content)} can't be a ${name}`);
	}
	check.rest(rest, wrong);
}
const checkContainer = (name, wrong) => {
	if (!containerPattern.test(name)) throw wrong(`${JSON.stringify(name)} can't be a container's name`);
};
const checks = {
	tcp: { rest: (rest, wrong) => {
		const { host, port } = splitHostPort(rest);
		if (isIP(host) === 0 && !hostPattern.test(host)) throw wrong("it has no host");
		if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65535) throw wrong("it has no port: tcp://HOST:PORT");
	} },
	unix: { rest: (path, wrong) => {
		if (!path.startsWith("/")) throw wrong("the socket's path must be absolute, unix:///run/…");
		if (Buffer.byteLength(path) > 107) throw wrong("a socket's path can't be longer than 107 bytes");
	} },
	npipe: { rest: () => {} },
	ssh: { rest: (rest, wrong) => {
		const [authority = "", ...path] = rest.split("/");
		const at = authority.lastIndexOf("@");
		const user = at === -1 ? void 0 : authority.slice(0, at);
		if (user?.includes(":")) throw wrong("a password does not belong here: use a key and an agent");
		if (user !== void 0 && !containerPattern.test(user)) throw wrong("its user is odd");
		const { host, port } = splitHostPort(authority.slice(at + 1));
		if (isIP(host) === 0 && !hostPattern.test(host)) throw wrong("it has no host");
		if (port !== "" && !/^\d{1,5}$/.test(port)) throw wrong("its port is not a number");
		if (!/^[\w./-]*$/.test(path.join("/"))) throw wrong("the socket's path on the other side is odd");
	} },
	"docker-container": {
		rest: checkContainer,
		parameters: { context: contextPattern }
	},
	"podman-container": { rest: checkContainer },
	"nerdctl-container": {
		rest: checkContainer,
		parameters: { namespace: containerPattern }
	},
	"kube-pod": {
		rest: (name, wrong) => {
			if (!kubernetesPattern.test(name)) throw wrong(`${JSON.stringify(name)} can't be a pod's name`);
		},
		parameters: {
			context: contextPattern,
			namespace: kubernetesPattern,
			container: kubernetesPattern
		}
	}
};
function splitHostPort(text) {
	const match = /^(?:\[([0-9A-Fa-f:.%]+)\]|([^:]*))(?::(.*))?$/.exec(text);
	return {
		host: match?.[1] ?? match?.[2] ?? "",
		port: match?.[3] ?? ""
	};
}
function tcpHost(address) {
	return address.startsWith("tcp://") ? splitHostPort(address.slice(6)).host : void 0;
}
function isLoopback(host) {
	if (isIP(host) === 4) return host.startsWith("127.");
	return host === "::1" || host.toLowerCase() === "localhost";
}
function endpointArguments({ address, tls }) {
	return [`--addr=${address}`, ...tlsArguments(tls)];
}
function buildxArguments({ address, platforms, tls }, name) {
	const options = [
		...tls === void 0 ? [] : [`cacert=${tls.ca}`],
		...tls?.cert === void 0 ? [] : [`cert=${tls.cert}`],
		...tls?.key === void 0 ? [] : [`key=${tls.key}`],
		...tls?.serverName === void 0 ? [] : [`servername=${tls.serverName}`]
	];
	return [
		"buildx",
		"create",
		`--name=${name}`,
		"--driver=remote",
		...options.map((option) => `--driver-opt=${formatCsv([option])}`),
		...platforms === void 0 ? [] : [`--platform=${platforms.map(formatPlatform).join(",")}`],
		address
	];
}
// src/steps/build/builder.ts
function parseBuilder(text) {
	if (text.includes("://")) return parseEndpoint(text);
	if (/^[a-z0-9][a-z0-9_.-]{0,62}$/i.test(text)) return {
		address: `docker-container://multiarch-${text}`,
		tls: {}
	};
	throw new Error(`${JSON.stringify(text)} is neither an address such as tcp://host:1234 or unix:///path nor the name of a daemon`);
}
// src/steps/build/platform-line.ts
const words = [
	"file",
	"target",
	"builder"
];
function parsePlatformLines(text) {
	const value = [];
	const problems = [];
	const attempt = (work) => {
		try {
			work();
		} catch (error) {
			problems.push(error instanceof Error ? error.message : String(error));
		}
	};
	for (const line of splitLines(text)) attempt(() => {
		const fields = lineFields(line);
		const platforms = fields.filter((field) => !isOverride(field));
		const overrides = readOverrides(line, fields.filter(isOverride), attempt);
		if (platforms.length === 0) problems.push(`${JSON.stringify(line)} names no platform`);
		for (const word of platforms) attempt(() => value.push({
			platform: readPlatform(word),
			...overrides
		}));
	});
	const names = value.map(({ platform }) => formatPlatform(platform));
	const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
	return {
		value,
		problems: [...problems, ...Array.from(repeated, (name) => `${name} stands there twice`)]
	};
}
function splitLines(text) {
	return (text.match(/(?:"[^"]*(?:"|$)|[^"\n])+/g) ?? []).map((line) => line.trim()).filter((line) => line !== "");
}
function lineFields(line) {
	const fields = parseCsv(line);
	const [whole = ""] = fields;
	return (fields.length === 1 && line.startsWith("\"") ? parseCsv(whole) : fields).flatMap((field) => isOverride(field) ? [field] : field.split(",")).map((field) => field.trimStart()).filter((field) => field !== "");
}
function isOverride(field) {
	return field.includes("=");
}
function readPlatform(text) {
	if (text.startsWith("build-arg:")) throw new Error(`${JSON.stringify(text)} has no value: write ${text}=VALUE`);
	return normalizePlatform(checkKnownPlatform(text.trimEnd()));
}
function readOverrides(line, fields, attempt) {
	const found = {};
	const buildArgs = /* @__PURE__ */ new Map();
	for (const field of fields) attempt(() => {
		const equals = field.indexOf("=");
		const [key, value] = [field.slice(0, equals).trim(), field.slice(equals + 1)];
		const wrong = (why) => /* @__PURE__ */ new Error(`${JSON.stringify(line)}: ${why}`);
		const [, argument] = /^build-arg:(.*)$/i.exec(key) ?? [];
		const word = words.find((candidate) => candidate === key.toLowerCase());
		if (argument !== void 0) {
			if (!/^[A-Za-z_][\w.-]*$/.test(argument)) throw wrong(`${JSON.stringify(argument)} can't be an argument's name`);
			if (buildArgs.has(argument)) throw wrong(`build-arg:${argument} is given twice`);
			buildArgs.set(argument, `${argument}=${value}`);
		} else if (word !== void 0) {
			if (value.trim() === "") throw wrong(`${word}= has no value`);
			if (found[word] !== void 0) throw wrong(`${word} is given twice`);
			found[word] = value.trim();
		} else throw wrong(`there is no ${JSON.stringify(key)}: ${suggest(key, [...words, "build-arg:NAME"])}`);
	});
	return {
		...found,
		buildArgs: [...buildArgs.values()]
	};
}
// src/steps/build/inputs.ts
const asInDocker = {
	tags: tagList("Tags for the images: names such as latest, whole references, auto, or rules such as type=semver,pattern={{version}}. The repositories in them are pushed to; the tags themselves move at publishing."),
	flavor: flavorList(),
	context: text({
		description: "Folder that is sent to BuildKit as the build context, or the URL of a Git repository or archive.",
		placeholder: "PATH|URL",
		defaultText: "on GitHub the commit of the event as a Git context, elsewhere the working directory"
	}),
	file: text({
		description: "Path of the Dockerfile; with a Git context its path in there.",
		placeholder: "PATH",
		defaultText: "Dockerfile in the context"
	}),
	buildArgs: list({
		description: "Build arguments, one NAME=value per line; a NAME alone is read from the environment.",
		commas: false,
		placeholder: "NAME=value",
		item: (argument) => {
			if (!/^[A-Za-z_][\w.-]*(=|$)/.test(argument)) throw new Error(`${JSON.stringify(argument)} is not NAME=value`);
			return argument;
		}
	}),
	buildContexts: list({
		description: "More contexts, one NAME=PATH|URL|docker-image://IMAGE|oci-layout://FOLDER per line.",
		commas: false,
		placeholder: "NAME=SOURCE",
		item: parseBuildContext
	}),
	target: text({
		description: "Stage of the Dockerfile to build.",
		placeholder: "STAGE"
	}),
	labels: list({
		description: "Labels of the image, one NAME=value per line; auto stands for the OCI ones that Git and the CI know.",
		commas: false,
		placeholder: "NAME=value",
		item: autoOr((label) => parsePair(label, "NAME=value"))
	}),
	annotations: list({
		description: "Annotations, one NAME=value per line, behind a level such as index: or manifest[linux/arm64]: where it is not the manifest; auto as with labels.",
		commas: false,
		placeholder: "NAME=value",
		item: autoOr(parseAnnotation)
	}),
	push: maybe({
		description: "Push every platform by its digest to every repository.",
		defaultText: "true when image is given, and neither load nor outputs"
	}),
	load: boolean({ description: "Load the images into Docker." }),
	outputs: list({
		description: "Where results go, one exporter per line, such as type=local,dest=out or a folder.",
		commas: false,
		placeholder: "EXPORTER",
		item: parseOutput
	}),
	cacheFrom: list({
		description: "Caches to read, one per line, such as type=registry,ref=IMAGE or an image.",
		commas: false,
		placeholder: "CACHE",
		item: parseCacheImport
	}),
	cacheTo: list({
		description: "Caches to write, one per line. Each platform gets its own: {platform} says where its name goes.",
		commas: false,
		placeholder: "CACHE",
		item: parseCacheExport
	}),
	noCache: boolean({ description: "Run every step, whatever the cache has." }),
	noCacheFilters: list({
		description: "Stages that run in any case.",
		commas: true,
		placeholder: "STAGE",
		item: asItIs
	}),
	pull: boolean({ description: "Ask for newer base images, also where the daemon has one." }),
	secrets: list({
		description: "Secrets for the build, one ID=value per line, quoted when there are several lines. ID?=value may be empty.",
		commas: false,
		placeholder: "ID=value",
		item: parseSecretValue
	}),
	secretEnvs: list({
		description: "Secrets out of environment variables, ID=VARIABLE. ID?=VARIABLE may be missing.",
		commas: true,
		placeholder: "ID=VARIABLE",
		item: parseSecretEnv
	}),
	secretFiles: list({
		description: "Secrets out of files, one ID=PATH per line. ID?=PATH may be missing.",
		commas: false,
		placeholder: "ID=PATH",
		item: parseSecretFile
	}),
	githubToken: text({
		description: "Token with which BuildKit fetches the default Git context.",
		actionDefault: "${{ github.token }}",
		placeholder: "TOKEN"
	}),
	ssh: list({
		description: "SSH agents and keys for the build: default, ID, ID=SOCKET or ID=KEY,KEY.",
		commas: false,
		placeholder: "ID",
		item: parseSsh
	}),
	allow: entitlementList("Privileges that the build may use, which setup must have allowed: network.host, security.insecure, device=NAME."),
	network: choice({
		description: "Network of RUN steps; host implies allow network.host.",
		words: [
			"default",
			"none",
			"host",
			"sandbox"
		],
		fallback: "default"
	}),
	addHosts: list({
		description: "Host names that RUN steps know, HOST=ADDRESS; the address host-gateway is the daemon's machine.",
		commas: true,
		placeholder: "HOST=ADDRESS",
		item: parseExtraHost
	}),
	cgroupParent: text({
		description: "Parent cgroup of RUN steps.",
		placeholder: "CGROUP"
	}),
	shmSize: value({
		description: "Size of /dev/shm in RUN steps, such as 2g.",
		fallback: 0,
		placeholder: "SIZE",
		read: parseBytes
	}),
	ulimit: list({
		description: "Limits of RUN steps, such as nofile=1024:2048.",
		commas: true,
		placeholder: "NAME=SOFT:HARD",
		item: parseUlimit
	}),
	attests: list({
		description: "Attestations, such as type=sbom,generator=IMAGE.",
		commas: false,
		placeholder: "ATTESTATION",
		item: (attestation) => {
			parseAttest(attestation);
			return attestation;
		}
	}),
	provenance: text({
		description: "Provenance of the image: true, false, or parameters such as mode=max.",
		defaultText: "mode=max for what public repositories build on GitHub, else mode=min,inline-only=true",
		placeholder: "true|false|PARAMETERS",
		check: (parameters) => void parseAttestationSwitch(parameters, "provenance")
	}),
	sbom: text({
		description: "Bill of materials of the image: true, false, or parameters such as generator=IMAGE.",
		placeholder: "true|false|PARAMETERS",
		check: (parameters) => void parseAttestationSwitch(parameters, "sbom")
	}),
	call: choice({
		description: "Instead of building: check the Dockerfile, or tell its arguments (outline) or its targets.",
		words: [
			"build",
			"check",
			"lint",
			"outline",
			"targets"
		],
		fallback: "build"
	})
};
const buildInputs = {
	image: repositoryList("Repositories to push to, such as ghcr.io/someone/server."),
	platforms: platformLines("Platforms to build for, each on a line of its own where it differs: linux/arm/v7,file=Dockerfile.armhf,target=slim,build-arg:NAME=value,builder=ADDRESS. Without it, the daemon's own platform."),
	...asInDocker,
	sourceDateEpoch: value({
		description: "Time that everything in the image gets, in seconds, or commit for that of the commit: the same commit then always gives the same image.",
		fallback: "",
		placeholder: "SECONDS|commit",
		defaultText: "SOURCE_DATE_EPOCH, which leaves the times of files alone",
		read: (time) => {
			if (time !== "commit" && !/^\d{1,11}$/.test(time)) throw new Error(`${JSON.stringify(time)} is neither a number of seconds nor commit`);
			return time;
		}
	}),
	platformTags: list({
		description: "Tags for each platform's image by itself, such as {tag}-{arch}{variant}.",
		commas: true,
		placeholder: "TEMPLATE",
		item: checkTagTemplate
	}),
	handoff: choice({
		description: "registry leaves a tag per platform, named after commit and run, by which publish-manifest in another job finds it.",
		words: ["none", "registry"],
		fallback: "none"
	}),
	descriptorsFile: text({
		description: "File to write the descriptors to, for publish-manifest in another job.",
		placeholder: "PATH"
	}),
	builder: value({
		description: "Address or name of the BuildKit daemon, with TLS fields as setup's endpoint has them.",
		fallback: void 0,
		placeholder: "ADDRESS",
		defaultText: "BUILDKIT_HOST, else the daemon that setup started",
		read: parseBuilder
	}),
	maxParallel: value({
		description: "How many platforms are built at the same time; 0 for all.",
		fallback: 0,
		placeholder: "N",
		read: parseCount
	}),
	failFast: boolean({ description: "Stop the other platforms when one fails." }),
	platformTimeout: value({
		description: "The longest that one platform may take, such as 45m.",
		fallback: 0,
		placeholder: "TIME",
		defaultText: "no limit",
		read: parseDuration
	}),
	retries: value({
		description: "How often a platform is tried again when a registry refused it for a moment; its steps are cached.",
		fallback: 2,
		placeholder: "N",
		read: parseCount
	}),
	progress: choice({
		description: "How the progress is shown: live on a terminal, or each platform's log whole when it ends.",
		words: [
			"auto",
			"tty",
			"plain",
			"rawjson",
			"quiet"
		],
		fallback: "auto"
	}),
	registries: registryTrustList()
};
function platformLines(description) {
	return {
		...list({
			description,
			commas: true,
			placeholder: "linux/amd64,linux/arm64",
			item: () => {
				throw new Error("lines are read as a whole");
			}
		}),
		parse: parsePlatformLines
	};
}
function autoOr(read) {
	return (text) => text === "auto" ? "auto" : read(text);
}
function asItIs(text) {
	return text;
}
function parsePair(pair, shape) {
	const equals = pair.indexOf("=");
	if (equals < 1) throw new Error(`${JSON.stringify(pair)} is not ${shape}`);
	return [pair.slice(0, equals), pair.slice(equals + 1)];
}
function checkTagTemplate(template) {
	const example = template.replaceAll(/\{(tag|platform|os|arch|variant)\}/g, "x");
	if (!/^\w[\w.-]{0,127}$/.test(example)) throw new Error(`${JSON.stringify(template)} makes no tag: there are {tag}, {platform}, {os}, {arch} and {variant}`);
	if (!/\{(platform|arch)\}/.test(template)) throw new Error(`${JSON.stringify(template)} is the same for all platforms: use {platform} or {arch}`);
	return template;
}
function parseCount(count) {
	if (!/^\d{1,4}$/.test(count)) throw new Error(`${JSON.stringify(count)} is not a number`);
	return Number(count);
}
// src/steps/publish-manifest/descriptors.ts
function parseDescriptors(value) {
	let json;
	try {
		json = JSON.parse(value);
	} catch {
		throw new Error("this is not JSON");
	}
	const list = Array.isArray(json) ? json : isJsonObject(json) ? [json] : [];
	if (list.length === 0) throw new Error("this is not a JSON array of descriptors");
	return list.map((item, index) => parseDescriptor(item, `descriptor ${index + 1}`));
}
function readDescriptorFiles(files, cwd) {
	return files.flatMap((file) => {
		try {
			return parseDescriptors(readFileSync(resolve(cwd, file), "utf8"));
		} catch (error) {
			throw new InputError(`descriptors-file: ${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
		}
	});
}
// src/steps/publish-manifest/source.ts
function parseImageSource(text) {
	if (isDigest(text)) return {
		kind: "digest",
		digest: text
	};
	if (isLayoutText(text)) return {
		kind: "reference",
		reference: parseLayoutReference(text)
	};
	const reference = parseReference(text);
	return {
		kind: "reference",
		reference: reference.tag !== void 0 || reference.digest !== void 0 ? reference : {
			...reference,
			tag: "latest"
		}
	};
}
// src/steps/publish-manifest/inputs.ts
const indexInputs = {
	format: choice({
		description: "Of the index; auto is OCI, unless all images are Docker's and nothing in it needs OCI.",
		words: [
			"auto",
			"oci",
			"docker"
		],
		fallback: "auto"
	}),
	attestations: choice({
		description: "Where provenance and SBOMs go: into the index, beside it as referrers of the images, or nowhere.",
		words: [
			"index",
			"referrers",
			"none"
		],
		fallback: "index"
	}),
	ifExists: choice({
		description: "What to do with a tag that exists: overwrite it, fail, skip it, or (same) fail unless it has the same images.",
		words: [
			"overwrite",
			"fail",
			"skip",
			"same"
		],
		fallback: "overwrite"
	}),
	allowMixed: boolean({ description: "Publish images together although their labels name different revisions of the source." }),
	lint: choice({
		description: "What to make of an index that some readers get wrong: arm without a variant, mixed formats, entries for no platform.",
		words: [
			"error",
			"warning",
			"none"
		],
		fallback: "warning"
	})
};
const publishInputs = {
	image: list({
		description: "Repositories that get the index and its tags, and the images where these are missing; oci:PATH is an OCI layout, a folder or a file that ends in .tar.",
		commas: true,
		placeholder: "REGISTRY/REPOSITORY",
		item: parsePlace
	}),
	tags: list({
		description: "Tags to move to the new image index: names such as 1.2.3, whole references, auto, or rules such as type=semver,pattern={{version}}.",
		commas: splitTagList,
		placeholder: "TAG|REFERENCE|RULE",
		item: (tag) => isLayoutText(tag) ? {
			kind: "reference",
			reference: {
				tag: "latest",
				...parseLayoutReference(tag)
			}
		} : parseTagSpec(tag)
	}),
	flavor: flavorList(),
	platforms: platformList("Platforms that the index must have, no fewer and no more, in this order; without it, those that were built."),
	descriptors: text({
		description: "JSON array of the images' OCI descriptors: the output of build in another job.",
		placeholder: "JSON",
		defaultText: "what build pushed in this job",
		check: (json) => void parseDescriptors(json)
	}),
	descriptorsFile: list({
		description: "Files with such descriptors, one per line: what build in other jobs wrote.",
		commas: false,
		placeholder: "PATH",
		item: (path) => path
	}),
	sources: list({
		description: "Images to put into the index, by anyone's builder: references in any registry, digests in the first repository of image, or OCI layouts as oci:PATH[:TAG].",
		commas: true,
		placeholder: "REFERENCE|DIGEST|LAYOUT",
		item: parseImageSource
	}),
	handoff: choice({
		description: "registry finds the images by the tags that build with the same setting left for this commit and run.",
		words: ["none", "registry"],
		fallback: "none"
	}),
	wait: value({
		description: "How long to wait for images that handoff does not find yet, such as 30m.",
		fallback: 0,
		placeholder: "TIME",
		defaultText: "not at all",
		read: parseDuration
	}),
	annotations: list({
		description: "Annotations of the index, one NAME=value per line, or behind manifest-descriptor: or manifest-descriptor[linux/arm64]: of its entries.",
		commas: false,
		placeholder: "NAME=value",
		item: parseIndexAnnotation
	}),
	...indexInputs,
	registries: registryTrustList()
};
function parsePlace(place) {
	if (!isLayoutText(place)) return parseRepository(place);
	const layout = parseLayoutReference(place);
	if (layout.tag === void 0 && layout.digest === void 0) return layout;
	throw new Error(`${JSON.stringify(place)} names a tag or digest: give ${layout.registry} here, and tags as tags`);
}
function parseIndexAnnotation(given) {
	const annotations = parseAnnotation(/^[^=]*:/.test(given) ? given : `index:${given}`);
	if (!annotations.some(({ level }) => level === "manifest")) return annotations;
	throw new Error(`${JSON.stringify(given)}: an image can't get annotations any more: give them to build, or name index: here`);
}
// src/buildkit/sha256.ts
function parseSha256(text) {
	const [, hex] = /^(?:sha256:)?([0-9a-f]{64})$/i.exec(text) ?? [];
	if (hex === void 0) throw new Error(`${JSON.stringify(text)} is not a SHA-256: 64 hex digits`);
	return hex.toLowerCase();
}
// src/steps/setup/inputs.ts
const defaultBuildkitVersion = "v0.32.2";
function flag(text) {
	if (!text.startsWith("-")) throw new Error(`${JSON.stringify(text)} does not begin with a dash`);
	return text;
}
const setupInputs = {
	platforms: platformList("Platforms that will be built. Emulation is set up for those that the machine can't run itself; without it, for all that the emulation image offers."),
	driver: choice({
		description: "How BuildKit runs: in a container of Docker or podman, as a process without either, or remote, run by others. auto takes an endpoint that is named, else Docker, else podman, else process.",
		words: [
			"auto",
			"docker-container",
			"podman-container",
			"process",
			"remote"
		],
		fallback: "auto"
	}),
	endpoint: list({
		description: "Daemons that others run, one per line: ADDRESS and behind commas platforms=linux/arm64;linux/arm/v7, tls-ca=FILE, tls-cert=FILE, tls-key=FILE, tls-server-name=NAME.",
		commas: false,
		placeholder: "ADDRESS,FIELD,…",
		item: parseEndpoint
	}),
	tlsCa: text({
		description: "Authority of the endpoints' certificates: a file, or PEM.",
		placeholder: "FILE"
	}),
	tlsCert: text({
		description: "Our certificate for the endpoints: a file, or PEM.",
		placeholder: "FILE"
	}),
	tlsKey: text({
		description: "The key of our certificate: a file, or PEM.",
		placeholder: "FILE"
	}),
	tlsServerName: text({
		description: "Name in the endpoints' certificates, when it is not the host of their address.",
		placeholder: "NAME"
	}),
	insecureEndpoints: boolean({ description: "Use endpoints on TCP although nothing protects the connection." }),
	emulation: choice({
		description: "How programs of foreign platforms run: auto takes what is registered and works, else registers QEMU through a privileged container, else BuildKit's own QEMU. binfmt and embedded force one of the two, none makes a platform that needs either an error.",
		words: [
			"auto",
			"embedded",
			"binfmt",
			"none"
		],
		fallback: "auto"
	}),
	reset: boolean({ description: "Replace an emulator that is registered but does not work." }),
	binfmtImage: text({
		description: "Image that registers QEMU: linuxkit/binfmt, tonistiigi/binfmt, or a copy of one of them.",
		placeholder: "IMAGE",
		defaultText: "linuxkit/binfmt on amd64 machines, tonistiigi/binfmt on others, both pinned"
	}),
	buildkitVersion: text({
		description: "BuildKit release, for the daemon's image and for buildctl.",
		fallback: defaultBuildkitVersion,
		placeholder: "vX.Y.Z",
		check: (value) => {
			if (!/^v\d+\.\d+\.\d+(-[\w.]+)?$/.test(value)) throw new Error(`${JSON.stringify(value)} is not a release such as ${defaultBuildkitVersion}`);
		}
	}),
	buildkitImage: text({
		description: "Image of the BuildKit daemon.",
		placeholder: "IMAGE",
		defaultText: "moby/buildkit at buildkit-version"
	}),
	imageMirrors: list({
		description: "Registries that have copies of the two images, tried in this order before the registry that they name.",
		commas: true,
		placeholder: "HOST",
		item: parseImageMirror
	}),
	buildkitdConfig: text({
		description: "A buildkitd.toml file for the daemon.",
		placeholder: "FILE"
	}),
	buildkitdConfigInline: text({
		description: "The text of a buildkitd.toml.",
		placeholder: "TOML"
	}),
	buildkitdFlags: list({
		description: "Flags for buildkitd, one per line.",
		commas: false,
		placeholder: "--FLAG",
		item: flag
	}),
	allow: entitlementList("Privileges that the daemon lets builds use, one per line: network.host, security.insecure, device."),
	registries: registryTrustList(),
	name: text({
		description: "Name of the daemon. One that runs under it with the same settings is used, and not removed at the end.",
		placeholder: "NAME",
		check: (value) => {
			if (!/^[a-z0-9][a-z0-9_.-]{0,62}$/i.test(value)) throw new Error(`${JSON.stringify(value)} is not a name: letters, digits, _, . and -`);
		}
	}),
	keepState: boolean({ description: "Keep the cache of the daemon called name in a volume, for the next run on this machine." }),
	cleanup: boolean({
		description: "Whether teardown, and the end of the action, remove the daemon.",
		fallback: true
	}),
	expose: choice({
		description: "tcp lets the daemon also listen on this machine's loopback, on a free port, with mutual TLS by certificates of this run. No port is opened otherwise.",
		words: ["none", "tcp"],
		fallback: "none"
	}),
	daemonNetwork: text({
		description: "Network of the daemon's container. host lets it reach registries on this machine's loopback.",
		placeholder: "NAME",
		defaultText: "the engine's own default"
	}),
	memory: text({
		description: "Most memory of the daemon's container.",
		placeholder: "8g"
	}),
	cpus: text({
		description: "Most processors of the daemon's container.",
		placeholder: "2"
	}),
	containerOptions: list({
		description: "More options of docker create for the daemon's container, one per line.",
		commas: false,
		placeholder: "--OPTION=VALUE",
		item: flag
	}),
	downloadMirror: text({
		description: "Where the paths of BuildKit's release page are found, for sites without GitHub.",
		placeholder: "URL",
		defaultText: "https://github.com",
		check: (value) => {
			if (!/^https?:\/\//.test(value)) throw new Error(`${JSON.stringify(value)} is not an http or https URL`);
		}
	}),
	buildctlSha256: value({
		description: "SHA-256 of BuildKit's release archive for this machine, when you want to say it yourself.",
		fallback: "",
		placeholder: "HEX",
		read: parseSha256
	}),
	allowUnverified: boolean({ description: "Run a downloaded BuildKit for which nobody says what its digest must be." }),
	buildctlPath: text({
		description: "A buildctl of your own, which is used and nothing downloaded.",
		placeholder: "FILE"
	})
};
// src/steps/multiarch/inputs.ts
const { builder: _, image, platforms, tags, ...building } = buildInputs;
const { platforms: __, ...preparing } = setupInputs;
const multiarchInputs = {
	image,
	tags,
	platforms,
	...building,
	...indexInputs,
	...preparing,
	keep: boolean({ description: "Leave the BuildKit daemon running at the end, for steps that follow or for its cache." })
};
// src/steps/tables.ts
function inputNames() {
	return new Set([
		setupInputs,
		buildInputs,
		publishInputs,
		multiarchInputs
	].flatMap((table) => Object.keys(table).map(kebabCase)));
}
// src/version.ts
const { version } = {
	name: "multiarch",
	version: "0.1.0",
	description: "One Dockerfile in, one tag out that works on every CPU architecture, from any CI.",
	keywords: [
		"buildkit",
		"ci",
		"docker",
		"github-actions",
		"manifest",
		"multi-arch",
		"qemu"
	],
	license: "Apache-2.0",
	bin: { "multiarch": "dist/multiarch.js" },
	files: [
		"dist",
		"README.md",
		"CHANGELOG.md",
		"LICENSE"
	],
	type: "module",
	scripts: {
		"build": "rolldown --config rolldown.config.ts",
		"check": "npm run typecheck && npm run lint && npm run format:check && npm run test:unit && npm run build:check",
		"build:check": "tsx scripts/check-dist.ts",
		"demo": "tsx scripts/demo.ts",
		"docs": "tsx scripts/write-docs.ts",
		"format": "oxfmt .",
		"format:check": "oxfmt --check .",
		"lab:down": "tsx test/lab/main.ts down",
		"lab:env": "tsx test/lab/main.ts env",
		"lab:up": "tsx test/lab/main.ts up",
		"lint": "oxlint --type-aware --deny-warnings",
		"test": "vitest run",
		"test:e2e": "vitest run --project e2e",
		"test:unit": "vitest run --project unit --project entry",
		"typecheck": "tsc --noEmit",
		"bench:build": "tsx bench/build.ts",
		"bench:publish": "tsx bench/publish.ts",
		"bench:setup": "tsx bench/setup.ts"
	},
	dependencies: {
		"@actions/core": "^3.0.1",
		"@actions/exec": "^3.0.0",
		"@actions/tool-cache": "^4.0.0",
		"semver": "^7.8.6",
		"tar-stream": "^3.2.2",
		"undici": "^6.29.1"
	},
	devDependencies: {
		"@types/node": "20.19.43",
		"@types/semver": "7.8.0",
		"@types/tar-stream": "3.1.5",
		"ajv": "8.20.0",
		"ajv-draft-04": "1.0.0",
		"bcryptjs": "3.0.3",
		"oxfmt": "0.75.0",
		"oxlint": "1.89.0",
		"oxlint-tsgolint": "7.0.2004",
		"rolldown": "1.2.19",
		"tsx": "4.23.15",
		"typescript": "7.0.2",
		"vitest": "4.1.12",
		"yaml": "2.9.1"
	},
	engines: { "node": ">=20.19.0" }
};
// src/run.ts
const spineInputs = {
	dryRun: boolean({ description: "Print what would be done, commands and all, and do nothing." }),
	debug: boolean({
		description: "Log more, and show a stack trace when something fails.",
		commandLineOnly: true
	}),
	print: choice({
		description: "Print the outputs on stdout; the log goes to stderr.",
		words: [
			"none",
			"json",
			"shell",
			"dotenv"
		],
		fallback: "none",
		commandLineOnly: true
	})
};
const signals = {
	SIGINT: 130,
	SIGTERM: 143
};
async function run(step, argv = process.argv.slice(2)) {
	const controller = new AbortController();
	cancelOnSignals(controller);
	outliveReaders();
	const { env } = process;
	const wantsDebug = argv.includes("--debug") || env["RUNNER_DEBUG"] === "1";
	const table = {
		...step.inputs,
		...spineInputs
	};
	const flags = parseArgv(argv, table, step.words);
	const { print } = parseInputs({ print: spineInputs.print }, flags.values, env).inputs;
	const { isTTY } = process.stderr;
	const host = await createHost({
		env,
		debug: wantsDebug,
		printsResults: print !== "none",
		stderr: (text) => process.stderr.write(text),
		stdout: (text) => process.stdout.write(text),
		...isTTY ? { terminal: {
			columns: () => process.stderr.columns,
			rows: () => process.stderr.rows
		} } : {},
		exec,
		now: Date.now
	});
	try {
		if (flags.help || flags.version) {
			process.stdout.write(flags.help ? renderHelp(step, table) : `multiarch ${version}\n`);
			return;
		}
		const parsed = parseInputs(table, flags.values, env);
		const inputs = parsed.inputs;
		const ports = {
			env,
			cwd: process.cwd(),
			log: host.log,
			mask: host.mask,
			exec: (command, options) => exec(command, {
				signal: controller.signal,
				...options
			}),
			state: openState(statePath(env, process.cwd()), { dryRun: inputs.dryRun }),
			job: createJobPort({
				env,
				cwd: process.cwd(),
				signal: controller.signal
			}),
			terminal: host.terminal,
			jobProcess: host.name === "github" ? process.ppid : void 0,
			dryRun: inputs.dryRun,
			signal: controller.signal
		};
		refuse([
			...flags.problems,
			...parsed.problems,
			...misspelledVariables(env, [
				...inputNames(),
				"state",
				"env-file",
				"dry-run",
				"debug",
				"print"
			]),
			...await step.check(inputs, ports)
		]);
		const outputs = await step.perform(inputs, ports);
		await host.emit(outputs, inputs.print);
		if (outputs.summary !== void 0) await host.summary?.(outputs.summary);
	} catch (error) {
		const cause = controller.signal.aborted ? controller.signal.reason : error;
		process.exitCode = reportFailure(cause, host, wantsDebug);
	}
	if (!controller.signal.aborted) await host.close?.();
}
function outliveReaders() {
	for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
}
function cancelOnSignals(controller) {
	for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => controller.abort(new CancelledError(signal)));
}
function reportFailure(error, host, debug) {
	if (error instanceof CancelledError) {
		host.log.warning(error.message);
		return error.signal === "SIGINT" ? signals.SIGINT : signals.SIGTERM;
	}
	if (error instanceof InputError) {
		for (const problem of error.problems) host.log.error(problem);
		return 2;
	}
	host.log.error(describeError(error));
	if (debug && error instanceof Error) host.log.info(error.stack ?? "");
	else if (!(error instanceof WorkError)) host.log.info("This looks like a defect of multiarch; --debug shows where it happened.");
	return 1;
}
// src/steps/setup/step.ts
const setupStep = {
	name: "setup",
	summary: "Register QEMU emulation, start BuildKit in a container, and get the buildctl that fits it.",
	inputs: setupInputs,
	outputs: {
		"buildkit-host": "Address of the daemon, also exported as BUILDKIT_HOST.",
		driver: "How the daemon runs: docker-container, podman-container, process or remote.",
		platforms: "Platforms that the daemon can build, comma-separated, its own first.",
		emulators: "JSON object: for each platform what runs its programs: native, binfmt or embedded, and the interpreter.",
		buildctl: "Path of buildctl, whose folder is put on PATH.",
		version: "BuildKit release of buildctl.",
		"tcp-endpoint": "With expose tcp: the daemon's address, tcp://127.0.0.1:PORT.",
		"tls-folder": "With expose tcp: folder of ca.pem, cert.pem and key.pem, as buildctl --tlsdir takes it.",
		"buildx-arguments": "With expose tcp: what follows docker, to make a builder of docker buildx from it."
	},
	check: async (inputs, { cwd }) => [
		...repeatedPlatforms("platforms", inputs.platforms),
		...missingRegistryFiles(inputs.registries, cwd),
		...inputs.buildkitdConfig === "" || existsSync(resolve(cwd, inputs.buildkitdConfig)) ? [] : [`buildkitd-config: there is no file ${inputs.buildkitdConfig}`],
		...inputs.buildkitdConfig !== "" && inputs.buildkitdConfigInline !== "" ? ["buildkitd-config and buildkitd-config-inline are given both: one of them is enough"] : [],
		...inputs.keepState && inputs.name === "" ? ["keep-state needs a name, by which the next run finds the cache"] : []
	],
	perform: async (inputs, ports) => {
		const { setupWork } = await import("./setup-work.js");
		return performWork("setup", setupWork, inputs, ports);
	}
};
// src/steps/build/step.ts
const buildStep = {
	name: "build",
	summary: "Build each platform as a solve of its own and push it by digest; no tag moves.",
	inputs: buildInputs,
	outputs: {
		descriptors: "JSON array of the OCI descriptors pushed, each with its platform.",
		digest: "Digest of the image, when there is one platform.",
		imageid: "Digest of the image's config, when there is one platform.",
		metadata: "BuildKit's metadata as JSON; of several platforms, an object of them by platform.",
		results: "JSON array, for each platform: digest, size, imageid, seconds, steps, cached steps, emulated, warnings."
	},
	check: async (inputs, ports) => {
		const { checkBuild } = await import("./check.js");
		return checkBuild(inputs, await ports.job.fromCi(), ports);
	},
	perform: async (inputs, ports) => {
		const { buildWork } = await import("./build-work2.js");
		return performWork("build", buildWork, inputs, ports);
	}
};
// src/steps/check-targets.ts
function checkPublishTargets(inputs) {
	const { image, tags } = inputs;
	return [
		...image.length === 0 && tags.length === 0 ? ["image is missing: the repositories to publish to"] : [],
		...tags.length === 0 ? ["tags is missing: the tags to move, such as 1.2.3,latest"] : [],
		...homelessTags(inputs)
	];
}
function homelessTags({ image, tags }) {
	if (image.length > 0) return [];
	const [first] = tags.flatMap((spec) => {
		if (spec.kind === "reference") return [];
		return spec.kind === "tag" ? [spec.tag] : [spec.kind];
	});
	return first === void 0 ? [] : [`tags: ${JSON.stringify(first)} is a tag of which repository? Name it with image`];
}
// src/steps/publish-manifest/step.ts
const publishStep = {
	name: "publish-manifest",
	summary: "Put one tag over the images of all platforms, once they are checked.",
	inputs: publishInputs,
	outputs: {
		digest: "Digest of the image index.",
		tags: "References of the tags that point at it, one per line.",
		index: "The JSON that was published.",
		previous: "JSON object: for each tag that existed, the digest that it pointed at before.",
		changed: "false when the tags had these images already, so that nothing was pushed.",
		keep: "JSON array of the digests that the tags need: what a clean-up of untagged images must leave alone."
	},
	check: async (inputs, { cwd }) => [
		...repeatedPlatforms("platforms", inputs.platforms),
		...missingRegistryFiles(inputs.registries, cwd),
		...checkPublishTargets(inputs),
		...checkImages(inputs, cwd)
	],
	perform: async (inputs, ports) => {
		const { performPublish } = await import("./publish-manifest-work.js");
		return performPublish(inputs, ports);
	}
};
function checkImages(inputs, cwd) {
	const { descriptors, descriptorsFile, handoff, image, sources, tags, wait } = inputs;
	const names = [
		...descriptors === "" ? [] : ["descriptors"],
		...descriptorsFile.length === 0 ? [] : ["descriptors-file"],
		...sources.length === 0 ? [] : ["sources"]
	];
	const isHomeless = image.length === 0 && !tags.some(({ kind }) => kind === "reference");
	return [
		...descriptorsFile.filter((file) => !existsSync(resolve(cwd, file))).map((file) => `descriptors-file: there is no file ${file} (${resolve(cwd, file)})`),
		...handoff === "registry" && names.length > 0 ? [`handoff: registry finds the images itself: leave out ${names.join(" and ")}`] : [],
		...wait > 0 && handoff === "none" ? ["wait: there is nothing to wait for without handoff: registry"] : [],
		...isHomeless && sources.some(({ kind }) => kind === "digest") ? ["sources: a digest alone is in which repository? Name it with image"] : []
	];
}
// src/steps/teardown/step.ts
const teardownStep = {
	name: "teardown",
	summary: "Remove the BuildKit daemon that setup started, its cache, and the state of this job.",
	inputs: {},
	outputs: {},
	check: async () => [],
	perform: async (inputs, ports) => {
		const { teardownWork } = await import("./teardown-work.js");
		return performWork("teardown", teardownWork, inputs, ports);
	}
};
// src/steps/build/pushing.ts
function pushes({ image, load, outputs, push }) {
	if (outputs.some(isPushed)) return true;
	return push ?? (image.length > 0 && !load && outputs.length === 0);
}
function loads({ load, outputs }) {
	return load || outputs.some(isLoaded);
}
function isLoaded({ attributes, type }) {
	return type === "docker" && !attributes.has("dest");
}
function withOutputTargets(inputs) {
	const named = inputs.outputs.filter(isPushed).flatMap(names).map(parseTarget);
	if (named.length === 0) return inputs;
	return {
		...inputs,
		image: [...inputs.image, ...named.filter(({ tag }) => tag === void 0).map((name) => withTarget(name))],
		tags: [...inputs.tags, ...named.filter(({ tag }) => tag !== void 0).map((reference) => ({
			kind: "reference",
			reference
		}))]
	};
}
function isPushed({ attributes, type }) {
	return type === "image" && isTrue(attributes.get("push") ?? "");
}
function names({ attributes }) {
	return (attributes.get("name") ?? "").split(",").filter(Boolean);
}
// src/owner.ts
function ownerOf(pid) {
	return {
		host: hostIdentity(),
		pid,
		startTime: readStartTime(pid) ?? ""
	};
}
function ownerLife(owner) {
	if (owner.host !== hostIdentity() || owner.startTime === "") return "unknown";
	return readStartTime(owner.pid) === owner.startTime ? "alive" : "dead";
}
function hostIdentity() {
	try {
		return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}/${readlinkSync("/proc/self/ns/pid").replace(/\D/g, "")}`;
	} catch {
		return hostname();
	}
}
function readStartTime(pid) {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
		const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
		return fields[0] === "Z" || fields[0] === "X" ? void 0 : fields[19];
	} catch {
		return;
	}
}
// src/buildkit/drivers/mountinfo.ts
function parseMountinfo(text) {
	return text.split("\n").filter((line) => line !== "").map((line) => {
		const fields = line.split(" ").map(unescapeOctal);
		const afterOptionalFields = fields.indexOf("-", 6);
		return {
			root: fields[3] ?? "",
			point: fields[4] ?? "",
			type: fields[afterOptionalFields + 1] ?? "",
			options: fields[afterOptionalFields + 3] ?? ""
		};
	});
}
function mountsBelow(mounts, folder) {
	return mounts.map(({ point }) => point).filter((point) => isInside(point, folder)).toReversed();
}
function hasRootInside(mounts, folder) {
	const root = mounts.findLast(({ point }) => point === "/");
	if (root === void 0) return false;
	if (root.type !== "overlay") return isInside(root.root, folder);
	return root.options.split(",").map((option) => /^(?:upperdir|lowerdir)=(.*)$/.exec(option)?.[1]).some((layers) => layers?.split(":").some((layer) => isInside(layer, folder)));
}
function coversProc(mounts) {
	return mounts.some(({ point }) => point.startsWith("/proc/") && point !== "/proc/sys/fs/binfmt_misc");
}
function isInside(path, folder) {
	return path === folder || path.startsWith(`${folder}/`);
}
function unescapeOctal(field) {
	return field.replaceAll(/\\([0-7]{3})/g, (_, code) => String.fromCodePoint(Number.parseInt(code, 8)));
}
// src/buildkit/drivers/process.ts
const socketPathLimit = 107;
const longestSocket = "/tmp/.buildkit-ssh-sock4294967295/ssh_auth_sock";
function planDaemonProcess(request, facts) {
	const { config, env, flags, folder, programs } = request;
	const rootless = facts.uid !== 0;
	refuseWhereImpossible(facts);
	const runtime = runtimeFolder(request);
	const socket = socketIn(runtime);
	const daemon = [
		`--addr=unix://${socket}`,
		`--root=${join(folder, "root")}`,
		`--otel-socket-path=${join(runtime, "otel.sock")}`,
		"--containerd-worker=false",
		"--oci-worker=true",
		...rootless ? ["--rootless"] : [],
		...rootless && facts.procCovered ? ["--oci-worker-no-process-sandbox"] : [],
		...config === void 0 ? [] : [`--config=${config}`],
		...flags
	];
	const buildkitd = join(programs, "buildkitd");
	const rootlesskit = rootless ? facts.rootlesskit : void 0;
	return {
		command: rootlesskit === void 0 ? {
			program: buildkitd,
			args: daemon
		} : {
			program: rootlesskit,
			args: [
				`--state-dir=${join(runtime, "rootlesskit")}`,
				buildkitd,
				...daemon
			]
		},
		env: daemonEnvironment(env, {
			programs,
			runtime,
			rootless
		}),
		folder,
		runtime,
		socket,
		log: processLog(folder),
		runc: join(programs, "buildkit-runc"),
		rootlesskit
	};
}
function refuseWhereImpossible({ mayMount, rootlesskit, uid }) {
	const otherwise = "or name a BuildKit daemon that runs elsewhere with BUILDKIT_HOST";
	if (uid === 0 && !mayMount) throw new WorkError("BuildKit can't run as a process here: it mounts file systems, and this root user may not (no CAP_SYS_ADMIN, as in an unprivileged container)", { fix: `run the job in a privileged container, ${otherwise}` });
	if (uid !== 0 && rootlesskit === void 0) throw new WorkError(`BuildKit can't run as a process of the user ${uid}: rootlesskit was not found on PATH`, { fix: `install rootlesskit and uidmap (Debian: apt-get install rootlesskit uidmap), run as root, ${otherwise}` });
}
function runtimeFolder({ folder, job, temp }) {
	const fits = (path) => Buffer.byteLength(path + longestSocket) <= socketPathLimit;
	const name = `multiarch-${job}`;
	return [folder, join(temp, name)].find(fits) ?? join("/tmp", name);
}
const inherited = /^(HOME|USER|LOGNAME|PATH|TZ|LANG|LC_\w+|SSL_CERT_(FILE|DIR)|(HTTPS?|NO|ALL|FTP)_PROXY|BUILDKITD?_\w+|OTEL_\w+)$/i;
function daemonEnvironment(env, { programs, runtime, rootless }) {
	const kept = Object.entries(env).filter((entry) => entry[1] !== void 0 && inherited.test(entry[0]));
	return {
		...Object.fromEntries(kept),
		PATH: [programs, env["PATH"] || "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"].join(delimiter),
		TMPDIR: join(runtime, "tmp"),
		...rootless ? { XDG_RUNTIME_DIR: join(runtime, "xdg") } : {}
	};
}
function socketIn(runtime) {
	return join(runtime, "buildkitd.sock");
}
function processLog(folder) {
	return join(folder, "buildkitd.log");
}
function processAddress({ socket }) {
	return `unix://${socket}`;
}
function probeProcess(env) {
	return {
		uid: process.getuid?.() ?? 0,
		mayMount: maySysAdmin(readOr$1("/proc/self/status", "")),
		rootlesskit: findProgram("rootlesskit", env["PATH"] ?? ""),
		procCovered: coversProc(parseMountinfo(readOr$1("/proc/self/mountinfo", "")))
	};
}
function maySysAdmin(status) {
	const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
	return effective === void 0 || (BigInt(`0x${effective}`) & 1n << 21n) !== 0n;
}
function readOr$1(path, otherwise) {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return otherwise;
	}
}
// src/buildkit/drivers/readiness.ts
const usual = {
	ready: 6e4,
	socket: 2e3
};
async function awaitReady(ask, limits = usual) {
	const begin = performance.now();
	for (let pause = 10;; pause = Math.min(pause * 1.5, 250)) {
		if (await ask.connects?.()) return true;
		const waited = performance.now() - begin;
		if ((ask.connects === void 0 || waited > limits.socket) && await ask.answers()) return false;
		if (pause > 50) {
			const failure = await ask.failure();
			if (failure !== void 0) throw failure;
		}
		if (waited > limits.ready) {
			const log = await ask.log?.();
			throw new WorkError(`BuildKit did not answer within ${limits.ready / 1e3} s${log === void 0 ? "" : `:\n${log}`}`);
		}
		await setTimeout$1(pause);
	}
}
function canConnect(path) {
	return new Promise((resolve) => {
		const socket = connect(path);
		const finish = (connected) => () => {
			socket.destroy();
			resolve(connected);
		};
		socket.once("connect", finish(true)).once("error", finish(false));
	});
}
// src/buildkit/tls/check.ts
const dayMilliseconds = 864e5;
const warningDays = 7;
const clientAuth = "1.3.6.1.5.5.7.3.2";
const anyUsage = "2.5.29.37.0";
function checkTls({ ca, cert, key }, now) {
	const problems = [];
	const warnings = [];
	const attempt = (work) => {
		try {
			return work();
		} catch (error) {
			problems.push(error instanceof Error ? error.message : String(error));
			return;
		}
	};
	const judge = (name, certificate) => {
		const [begin, end] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
		const clock = `this machine's clock says ${now.toISOString()}`;
		if (now < begin) problems.push(`${name} is valid only from ${begin.toISOString()} on; ${clock}`);
		else if (now > end) problems.push(`${name} expired at ${end.toISOString()}; ${clock}`);
		else if (end.getTime() - now.getTime() < warningDays * dayMilliseconds) warnings.push(`${name} expires in less than ${warningDays} days, at ${end.toISOString()}`);
	};
	const longest = attempt(() => parseCertificates(ca))?.toSorted((a, b) => Date.parse(b.validTo) - Date.parse(a.validTo))[0];
	if (longest !== void 0) judge(ca.name, longest);
	const certificate = cert && attempt(() => parseCertificates(cert)[0]);
	if (cert !== void 0 && certificate !== void 0) {
		judge(cert.name, certificate);
		const usages = certificate.keyUsage;
		if (usages !== void 0 && !usages.includes(clientAuth) && !usages.includes(anyUsage)) problems.push(`${cert.name} is not for clients: its extended key usage leaves clientAuth out`);
	}
	const privateKey = key && attempt(() => parseKey(key));
	if (key !== void 0 && cert !== void 0 && certificate !== void 0 && privateKey !== void 0) {
		if (!certificate.checkPrivateKey(privateKey)) problems.push(`${key.name} is not the key of ${cert.name}`);
	}
	return {
		problems,
		warnings
	};
}
function parseCertificates({ name, pem }) {
	const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
	try {
		const [first, ...rest] = blocks.map((block) => new X509Certificate(block));
		if (first !== void 0) return [first, ...rest];
	} catch (error) {
		throw new Error(`${name} holds a certificate that can't be read`, { cause: error });
	}
	throw new Error(`${name} holds no certificate in PEM (-----BEGIN CERTIFICATE-----)`);
}
function parseKey({ name, pem }) {
	if (/BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/.test(pem)) throw new Error(`${name} is encrypted, and buildctl takes only keys without a passphrase`);
	try {
		return createPrivateKey(pem);
	} catch (error) {
		throw new Error(`${name} holds no private key in PEM that can be read`, { cause: error });
	}
}
// src/buildkit/workers.ts
async function probeWorkers(buildctl, endpoint, exec) {
	const { stdout } = await exec(workersCommand(buildctl, endpoint));
	return parseWorkers(stdout);
}
function workersCommand(buildctl, endpoint) {
	return {
		program: buildctl,
		args: [
			...endpointArguments(endpoint),
			"debug",
			"workers",
			"--format={{json .}}"
		]
	};
}
function parseWorkers(text) {
	const platforms = JSON.parse(text).flatMap((worker) => worker.platforms ?? []).map(normalizePlatform);
	if (platforms.length === 0) throw new WorkError("the BuildKit daemon has no worker that builds anything");
	return platforms;
}
// src/buildkit/drivers/remote.ts
function planRemote({ cwd, endpoints, folder, insecure, tls }) {
	const problems = [];
	const warnings = [];
	const files = /* @__PURE__ */ new Map();
	const secrets = /* @__PURE__ */ new Set();
	const place = (source, name) => {
		if (!isPem(source)) return resolve(cwd, source);
		const path = join(folder, "tls", name);
		files.set(path, plainPem(source));
		if (name.endsWith("key.pem")) for (const line of secretLines(source)) secrets.add(line);
		return path;
	};
	const planned = endpoints.map((endpoint, index) => {
		const { address, platforms } = endpoint;
		const named = {
			address,
			...platforms === void 0 ? {} : { platforms }
		};
		const host = tcpHost(address);
		if (host === void 0) return named;
		const pick = (name) => endpoint.tls[name] || tls[name] || void 0;
		const prefix = (name) => endpoint.tls[name] ? `${index + 1}-` : "";
		const [ca, cert, key, serverName] = [
			pick("ca"),
			pick("cert"),
			pick("key"),
			pick("serverName")
		];
		const safety = judgeTls({
			address,
			host,
			insecure,
			ca,
			cert,
			key
		});
		problems.push(...safety.problems);
		warnings.push(...safety.warnings);
		if (ca === void 0) return named;
		const tlsFiles = {
			ca: place(ca, `${prefix("ca")}ca.pem`),
			...cert === void 0 ? {} : { cert: place(cert, `${prefix("cert")}cert.pem`) },
			...key === void 0 ? {} : { key: place(key, `${prefix("key")}key.pem`) },
			...serverName === void 0 ? {} : { serverName }
		};
		return {
			...named,
			tls: tlsFiles
		};
	});
	const addresses = endpoints.map(({ address }) => address);
	for (const address of new Set(addresses.filter((each, index) => addresses.indexOf(each) !== index))) problems.push(`the endpoint ${address} is named twice`);
	if (!addresses.some((address) => tcpHost(address) !== void 0) && Object.values(tls).some(Boolean)) problems.push("tls-ca, tls-cert, tls-key and tls-server-name are for tcp:// endpoints, and there is none");
	if (problems.length > 0) throw new InputError(problems);
	return {
		endpoints: planned,
		files: [...files].map(([path, text]) => ({
			path,
			text
		})),
		secrets: [...secrets],
		warnings
	};
}
function judgeTls(options) {
	const { address, ca, cert, host, insecure, key } = options;
	const missing = [
		...ca === void 0 ? ["tls-ca"] : [],
		...cert === void 0 ? ["tls-cert"] : [],
		...key === void 0 ? ["tls-key"] : []
	];
	if (missing.length === 0) return {
		problems: [],
		warnings: []
	};
	if (cert === void 0 !== (key === void 0)) return {
		problems: [`${address}: tls-cert and tls-key go together`],
		warnings: []
	};
	if (ca === void 0 && cert !== void 0) return {
		problems: [`${address}: tls-ca is missing, and buildctl trusts no daemon without it`],
		warnings: []
	};
	if (isLoopback(host)) return {
		problems: [],
		warnings: []
	};
	const danger = "whoever reaches it may run anything on it, and read what is built";
	const lacks = `${address} has no ${missing.join(", no ")}`;
	return insecure ? {
		problems: [],
		warnings: [`${lacks}: ${danger} (insecure-endpoints is set)`]
	} : {
		problems: [`${lacks}: ${danger}; give them, or set insecure-endpoints if nobody else can reach it`],
		warnings: []
	};
}
function isPem(source) {
	return source.includes("-----BEGIN ");
}
function plainPem(source) {
	return `${(/[\r\n]/.test(source.trim()) ? source : source.replaceAll(String.raw`\n`, "\n")).replaceAll("\r\n", "\n").trim()}\n`;
}
function secretLines(source) {
	return plainPem(source).split("\n").filter((line) => line.length >= 8 && !line.startsWith("-----"));
}
function checkRemoteTls({ endpoints, files }, now) {
	const problems = /* @__PURE__ */ new Set();
	const warnings = /* @__PURE__ */ new Set();
	const inline = new Map(files.map(({ path, text }) => [path, text]));
	const read = (name, path) => {
		if (path === void 0) return void 0;
		const text = inline.get(path);
		if (text !== void 0) return {
			name,
			pem: text
		};
		try {
			return {
				name: `${name} (${path})`,
				pem: readFileSync(path, "utf8")
			};
		} catch (error) {
			problems.add(`${name} can't be read: ${describeError(error)}`);
			return;
		}
	};
	for (const { tls } of endpoints) {
		if (tls === void 0) continue;
		const ca = read("tls-ca", tls.ca);
		const cert = read("tls-cert", tls.cert);
		const key = read("tls-key", tls.key);
		if (ca === void 0) continue;
		const findings = checkTls({
			ca,
			cert,
			key
		}, now);
		for (const problem of findings.problems) problems.add(problem);
		for (const warning of findings.warnings) warnings.add(warning);
	}
	if (problems.size > 0) throw new InputError([...problems]);
	return [...warnings];
}
const oldestDaemon = "v0.11.0";
const answerMilliseconds = 15e3;
async function probeEndpoints(endpoints, ports) {
	const answers = await Promise.allSettled(endpoints.map((endpoint) => probeEndpoint(endpoint, ports)));
	const failures = answers.flatMap((answer) => answer.status === "rejected" ? [answer.reason] : []);
	const other = failures.find((failure) => !(failure instanceof WorkError));
	if (other !== void 0) throw other;
	if (failures.length === 1) throw failures[0];
	if (failures.length > 1) throw new WorkError(failures.map(describeError).join("\n"));
	return answers.flatMap((answer) => answer.status === "fulfilled" ? [answer.value] : []);
}
async function probeEndpoint(endpoint, { buildctl, exec, signal }) {
	const timeout = AbortSignal.timeout(answerMilliseconds);
	let stdout;
	try {
		const command = {
			program: buildctl,
			args: [
				...endpointArguments(endpoint),
				"debug",
				"workers",
				"--format={{json .}}"
			]
		};
		const signals = signal === void 0 ? [timeout] : [timeout, signal];
		({stdout} = await exec(command, { signal: AbortSignal.any(signals) }));
	} catch (error) {
		if (signal?.aborted) throw error;
		if (timeout.aborted) throw unusable(endpoint, `no answer in ${answerMilliseconds / 1e3} s`);
		if (error instanceof ExecError) throw unusable(endpoint, error.stderr.trim(), error);
		throw error;
	}
	return judgeAnswer(endpoint, stdout);
}
function judgeAnswer(endpoint, stdout) {
	const platforms = parseWorkers(stdout);
	const version = parseVersion(stdout);
	if (version !== void 0 && isOlder(version, oldestDaemon)) throw new WorkError(`the BuildKit daemon at ${endpoint.address} is too old: ${version}`, { fix: `bring it up to ${oldestDaemon} at least` });
	const missing = (endpoint.platforms ?? []).filter((wanted) => !canBuild(platforms, wanted));
	if (missing.length > 0) throw new WorkError(`the BuildKit daemon at ${endpoint.address} can't build ${missing.map(formatPlatform).join(", ")}, for which it was named; it can build ${platforms.map(formatPlatform).join(", ")}`, { fix: "correct platforms= of the endpoint, or register emulators on the daemon's machine" });
	return {
		endpoint,
		platforms,
		version
	};
}
function canBuild(available, wanted) {
	const level = (platform) => Number(platform.variant?.slice(1) ?? 0);
	return available.some((platform) => samePlatform(platform, wanted) || wanted.architecture === "arm" && platform.architecture === "arm" && platform.os === wanted.os && level(wanted) <= level(platform));
}
function parseVersion(stdout) {
	return JSON.parse(stdout)[0]?.buildkitVersion?.version;
}
function isOlder(version, than) {
	const [a, b] = [version, than].map((text) => /^v?(\d+)\.(\d+)/.exec(text)?.slice(1).map(Number));
	if (a === void 0 || b === void 0) return false;
	if (a.join(".") === "0.0") return false;
	return (a[0] ?? 0) - (b[0] ?? 0) < 0 || a[0] === b[0] && (a[1] ?? 0) < (b[1] ?? 0);
}
function unusable(endpoint, said, cause) {
	const { why, fix } = explainFailure(endpoint, said);
	return new WorkError(`the BuildKit daemon at ${endpoint.address} can't be used: ${why}`, {
		fix,
		cause
	});
}
const asksForCertificate = {
	why: "it asks for a client certificate",
	fix: "give tls-cert and tls-key"
};
const refusesCertificate = {
	why: "it refuses our client certificate",
	fix: "give a tls-cert that is signed by the authority which the daemon was started with (--tlscacert)"
};
const explanations = [
	{
		pattern: /signed by unknown authority/,
		why: "its certificate is not from the authority in tls-ca",
		fix: "give the authority that signed the daemon's certificate as tls-ca"
	},
	{
		pattern: /certificate has expired or is not yet valid/,
		why: "its certificate has expired or is not valid yet",
		fix: "renew the daemon's certificate, and check the clock of this machine"
	},
	{
		pattern: /certificate is valid for|doesn't contain any IP SANs|certificate is not valid for any names/,
		why: "its certificate is for another name",
		fix: "use that name in the address, or say it with tls-server-name"
	},
	{
		pattern: /certificate required/,
		...asksForCertificate
	},
	{
		pattern: /tls: (?:unknown certificate|bad certificate|unknown certificate authority)|tls: expired certificate/,
		...refusesCertificate
	},
	{
		pattern: /does not look like a TLS handshake/,
		why: "it does not speak TLS",
		fix: "start it with --tlscert, --tlskey and --tlscacert"
	},
	{
		pattern: /buildctl: (?:command )?not found|exit status 127/,
		why: "there is no buildctl on its PATH, through which it is reached",
		fix: "put buildctl on the PATH that a login there has"
	},
	{
		pattern: /exec: \\?"([\w-]+)\\?": executable file not found/,
		why: "the program that connects to it is not here",
		fix: "install it or put it on PATH"
	},
	{
		pattern: /No such container|no container with name or ID/i,
		why: "there is no such container",
		fix: "start it, or correct its name"
	},
	{
		pattern: /is not running|container state improper/i,
		why: "its container does not run",
		fix: "start the container"
	},
	{
		pattern: /pods? \\?"[^"]*" not found/,
		why: "there is no such pod",
		fix: "correct the pod's name, and say ?namespace=… if it is not in the default one"
	},
	{
		pattern: /Cannot connect to the Docker daemon|connection to the server .* was refused/i,
		why: "the engine or cluster that runs it does not answer",
		fix: "start that, or point DOCKER_HOST or KUBECONFIG at the right one"
	},
	{
		pattern: /no such host|Temporary failure in name resolution|Could not resolve hostname/,
		why: "its host is unknown",
		fix: "correct the host's name"
	},
	{
		pattern: /permission denied/i,
		why: "this user may not talk to it",
		fix: "for a socket, run as a user of its group (buildkitd --group); for ssh, give this user a key"
	},
	{
		pattern: /connection refused|no such file or directory/i,
		why: "nobody listens there",
		fix: "start the daemon, or correct the address"
	},
	{
		pattern: /no route to host|network is unreachable|i\/o timeout|deadline exceeded|no answer in/i,
		why: "it does not answer",
		fix: "check the address, and that no firewall is in between"
	},
	{
		pattern: /server preface|broken pipe|connection reset|frame too large|malformed header|Unimplemented|EOF/,
		why: "what answers there does not speak with us as BuildKit does",
		fix: "check host and port; a daemon that is started with TLS needs tls-ca, tls-cert and tls-key here"
	}
];
function explainFailure({ tls }, said) {
	if (tls !== void 0 && /broken pipe|connection reset|preface: EOF/.test(said)) return tls.cert === void 0 ? asksForCertificate : refusesCertificate;
	return explanations.find(({ pattern }) => pattern.test(said)) ?? {
		why: said.split("\n").at(-1) ?? "",
		fix: "see what buildctl says, and the daemon's own log"
	};
}
// src/registry/docker-config.ts
async function loadDockerConfigs(env, warn = () => {}) {
	const configs = [];
	const inline = env["DOCKER_AUTH_CONFIG"] ?? "";
	if (inline.trim() !== "") try {
		configs.push({
			config: parseDockerConfig(inline, "DOCKER_AUTH_CONFIG"),
			source: "DOCKER_AUTH_CONFIG"
		});
	} catch (error) {
		warn(error instanceof Error ? error.message : String(error));
	}
	const path = dockerConfigPath(env);
	if (path !== void 0) {
		const text = await readIfThere(path);
		configs.push({
			config: text === void 0 ? {} : parseDockerConfig(text, path),
			source: path
		});
	}
	return configs;
}
function dockerConfigPath(env) {
	const folder = env["DOCKER_CONFIG"] ?? "";
	if (folder !== "") return join(folder, "config.json");
	const home = env["HOME"] ?? env["USERPROFILE"] ?? "";
	return home === "" ? void 0 : join(home, ".docker", "config.json");
}
function parseDockerConfig(text, source) {
	if (text.trim() === "") return {};
	let value;
	try {
		value = JSON.parse(text);
	} catch {
		throw new WorkError(`${source} is not one JSON object`, { fix: "run docker login again" });
	}
	if (!isObject(value)) throw new WorkError(`${source} is not a JSON object`);
	const { auths, credsStore, credHelpers } = value;
	if (auths !== void 0 && auths !== null && !isObject(auths)) throw new WorkError(`${source}: auths must be an object`);
	if (credsStore !== void 0 && typeof credsStore !== "string") throw new WorkError(`${source}: credsStore must be a string`);
	if (credHelpers !== void 0 && credHelpers !== null && !isStringMap(credHelpers)) throw new WorkError(`${source}: credHelpers must map registries to helper names`);
	return {
		...isObject(auths) ? { auths } : {},
		...typeof credsStore === "string" && credsStore !== "" ? { credsStore } : {},
		...isStringMap(credHelpers) ? { credHelpers } : {}
	};
}
async function readIfThere(path) {
	try {
		return await readFile(path, "utf8");
	} catch (cause) {
		if (isObject(cause) && (cause["code"] === "ENOENT" || cause["code"] === "ENOTDIR")) return void 0;
		throw new WorkError(`cannot read ${path}`, { cause });
	}
}
function isObject(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
function isStringMap(value) {
	return isObject(value) && Object.values(value).every((member) => typeof member === "string");
}
// src/container-engine.ts
async function probeEngine(name, exec) {
	try {
		return name === "docker" ? await askDocker(exec) : await askPodman(exec);
	} catch (error) {
		const words = name === "docker" ? dockerWords : podmanWords;
		if (error instanceof ProgramMissingError) throw new WorkError(`there is no ${words.name} here: the program ${name} was not found on PATH`, {
			fix: `install ${words.product}, or set BUILDKIT_HOST to a BuildKit daemon`,
			cause: error
		});
		if (!(error instanceof ExecError)) throw error;
		if (/permission denied/i.test(error.stderr)) throw new WorkError(`this user may not talk to ${words.engine}`, {
			fix: words.permission,
			cause: error
		});
		throw new WorkError(`${words.engine} does not answer`, {
			fix: words.start,
			cause: error
		});
	}
}
const dockerWords = {
	name: "Docker",
	product: "Docker Engine",
	engine: "the Docker Engine",
	permission: "add the user to the group docker, or run as root",
	start: "start it (systemctl start docker), or point DOCKER_HOST at one that runs"
};
const podmanWords = {
	name: "podman",
	product: "podman",
	engine: "podman",
	permission: "run as the user whose containers they are, or as root",
	start: "run podman info to see what is wrong with it"
};
async function askDocker(exec) {
	const { stdout } = await exec({
		program: "docker",
		args: ["version", "--format={{json .Server}}"]
	});
	const server = JSON.parse(stdout);
	return {
		version: server.Version ?? "",
		architecture: server.Arch ?? ""
	};
}
async function askPodman(exec) {
	const { stdout } = await exec({
		program: "podman",
		args: ["info", "--format={\"version\":{{json .Version.Version}},\"architecture\":{{json .Host.Arch}}}"]
	});
	return JSON.parse(stdout);
}
const complaints = [
	{
		kind: "engine-down",
		pattern: /cannot connect to the docker daemon|is the docker daemon running|permission denied while trying to connect|cannot connect to podman|unable to connect to podman/i,
		fix: "start the engine (systemctl start docker), and see that this user may talk to it"
	},
	{
		kind: "disk-full",
		pattern: /no space left on device|disk quota exceeded/i,
		fix: "free space on the engine's disk, for example with docker system prune"
	},
	{
		kind: "rate-limit",
		pattern: /toomanyrequests|too many requests|\b429\b|rate limit/i,
		fix: "the registry limits pulls: log in with docker login, or name a mirror in image-mirrors"
	},
	{
		kind: "not-trusted",
		pattern: /x509|certificate|server gave HTTP response to HTTPS client|first record does not look like a TLS/i,
		fix: "the engine does not trust the registry: give it the authority, or list it as insecure in the engine's configuration"
	},
	{
		kind: "unreachable",
		pattern: /no such host|connection refused|network is unreachable|no route to host|dial tcp\b.*(?:i\/o timeout|connect:)|server misbehaving|temporary failure in name resolution|proxyconnect/i,
		fix: "the registry can't be reached from the engine: check its network and proxy, or name a mirror in image-mirrors"
	},
	{
		kind: "server",
		pattern: /\b(?:HTTP|StatusCode:?|status(?: code)?:?) ?5\d\d\b|\b5\d\d (?:Internal|Bad|Service|Gateway)/i,
		fix: "the registry fails at the moment: run again later, or name a mirror in image-mirrors"
	},
	{
		kind: "interrupted",
		pattern: /connection reset|broken pipe|\bEOF\b|i\/o timeout|TLS handshake timeout|deadline exceeded|Client\.Timeout|request canceled|use of closed network connection|short read|failed to verify|filesystem layer verification failed/i,
		fix: "the connection to the registry breaks: run again, or name a mirror in image-mirrors"
	},
	{
		kind: "platform",
		pattern: /no matching manifest for|does not match the specified platform|no image found in .* for architecture/i,
		fix: "the image has no build for this machine: name another image"
	},
	{
		kind: "denied",
		pattern: /\bunauthorized\b|authentication required|no basic auth credentials|\b40[13] (?:Forbidden|Unauthorized)|access (?:to the resource )?is denied/i,
		fix: "log in to the registry with docker login, and check the name of the image"
	},
	{
		kind: "absent",
		pattern: /not found|manifest unknown|name unknown|name_unknown|no such image|does not exist|pull access denied/i,
		fix: "check the name of the image"
	},
	{
		kind: "taken",
		pattern: /is already in use by container|port is already allocated|address already in use/i,
		fix: "remove the container that has the name or the port, or choose another"
	},
	{
		kind: "runtime",
		pattern: /exec format error/i,
		fix: "the image is built for another architecture than the engine's machine"
	},
	{
		kind: "privileges",
		pattern: /operation not permitted|privileged|unable to apply caps/i,
		fix: "the engine refuses privileged containers (rootless or restricted): BuildKit needs one here"
	}
];
function recognizeComplaint(stderr) {
	const found = complaints.find(({ pattern }) => pattern.test(stderr));
	return found === void 0 ? void 0 : {
		kind: found.kind,
		fix: found.fix
	};
}
function dockerRunAdvice(stderr) {
	return recognizeComplaint(stderr)?.fix;
}
// src/host/deliveries.ts
function createDeliveries(failed) {
	let last = Promise.resolve();
	const follow = async (before, deliver) => {
		await before;
		try {
			await deliver();
		} catch (error) {
			failed(error);
		}
	};
	return {
		send: (deliver) => {
			last = follow(last, deliver);
		},
		finish: () => last
	};
}
// src/host/summary.ts
function boundSummary(markdown, bytes) {
	if (Buffer.byteLength(markdown) <= bytes) return markdown;
	const note = "\n\n*The rest does not fit here.*\n";
	const room = bytes - Buffer.byteLength(note);
	if (room <= 0) return "";
	const kept = Buffer.from(markdown).subarray(0, room + 1).toString("utf8");
	const end = kept.lastIndexOf("\n");
	return end === -1 ? "" : `${kept.slice(0, end)}${note}`;
}
// src/report/markdown.ts
function renderMarkdownTable(title, rows) {
	const [head = [], ...body] = rows;
	const line = (cells) => `| ${cells.map(escapeCell).join(" | ")} |`;
	return [
		`### ${escapeCell(title)}`,
		"",
		line(head),
		line(head.map(() => "---")),
		...body.map(line),
		""
	].join("\n");
}
function escapeCell(cell) {
	if (cell === "---") return cell;
	return cell.replaceAll(/\s+/g, " ").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(/[\\`*_[\]|!#~]/g, String.raw`\$&`);
}
// src/disk.ts
async function explainWriteError(error, path) {
	if (error instanceof WorkError || !(error instanceof Error) || !("code" in error)) return error;
	if (error.code === "ENOSPC" || error.code === "EDQUOT") return new WorkError(`the disk is full: ${path} could not be written, ${await freeSpace(path)}`, {
		cause: error,
		fix: "free some space, or set RUNNER_TEMP and RUNNER_TOOL_CACHE to folders on another disk"
	});
	if ([
		"EACCES",
		"EPERM",
		"EROFS",
		"ENOTDIR"
	].includes(String(error.code))) return new WorkError(`${path} can't be written`, {
		cause: error,
		fix: "set RUNNER_TEMP and RUNNER_TOOL_CACHE to folders that this user may write"
	});
	return error;
}
async function freeSpace(path) {
	try {
		const { bavail, bsize } = await statfs(dirname(path));
		return `${bavail * bsize} bytes are free`;
	} catch {
		return "and its file system does not say how much is free";
	}
}
// src/report/table.ts
function renderTable(rows) {
	const widths = rows.reduce((most, row) => row.map((cell, column) => Math.max(cell.length, most[column] ?? 0)), []);
	return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd());
}
function formatBytes(bytes) {
	const units = [
		"B",
		"kB",
		"MB",
		"GB"
	];
	const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
	const value = bytes / 1e3 ** power;
	return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`;
}
// src/buildkit/drivers/published-port.ts
function parsePublishedPort(text) {
	const lines = text.split("\n").map((line) => line.replace(/^.*->/, "").trim()).filter((line) => line !== "");
	const ports = lines.map((line) => Number(/^127\.0\.0\.1:(\d+)$/.exec(line)?.[1]));
	const [port] = ports;
	if (port === void 0) throw new WorkError("the container's port is not published");
	if (ports.some((each) => !(each > 0 && each < 65536) || each !== port)) throw new WorkError(`the container's port is published as ${lines.join(", ")} and not on 127.0.0.1 alone`, { fix: "leave --publish out of the options for the container" });
	return port;
}
// src/buildkit/drivers/container.ts
const filesInContainer = "/multiarch";
const socketFolderInContainer = "/run/multiarch";
const socketName = "buildkitd.sock";
const ownPort = 1234;
function containerAddress({ engine, name }) {
	return `${engine}-container://${name}`;
}
function createCommands(container) {
	const { engine, files, image, labels, name, tcp, volume } = container;
	return [{
		program: engine,
		args: [
			"create",
			"--pull=never",
			`--name=${name}`,
			...Object.entries(labels).map(([label, value]) => `--label=${label}=${value}`),
			"--privileged",
			...option("network", container.network),
			...option("memory", container.memory),
			...option("cpus", container.cpus),
			...volume === void 0 ? [] : [`--volume=${volume}:/var/lib/buildkit`],
			...container.socket === void 0 ? [] : [`--volume=${container.socket.folder}:${socketFolderInContainer}`],
			...tcp === void 0 || tcp.hostNetwork ? [] : [`--publish=127.0.0.1::${ownPort}`],
			...container.options,
			image,
			...daemonFlags(container)
		]
	}, ...files === void 0 ? [] : [{
		program: engine,
		args: [
			"cp",
			files,
			`${name}:${filesInContainer}`
		]
	}]];
}
function option(name, value) {
	return value === void 0 ? [] : [`--${name}=${value}`];
}
function daemonFlags({ flags, hasConfig, socket, tcp }) {
	const addresses = [...socket === void 0 ? [] : [`unix://${socketFolderInContainer}/${socketName}`], ...tcp === void 0 ? [] : [tcp.hostNetwork ? "tcp://127.0.0.1:0" : `tcp://0.0.0.0:${ownPort}`]];
	const tls = `${filesInContainer}/tls`;
	return [
		...addresses.length === 0 ? [] : ["--addr=unix:///run/buildkit/buildkitd.sock"],
		...addresses.map((address) => `--addr=${address}`),
		...socket?.group === void 0 ? [] : [`--group=${socket.group}`],
		...tcp === void 0 ? [] : [
			`--tlscacert=${tls}/ca.pem`,
			`--tlscert=${tls}/server-cert.pem`,
			`--tlskey=${tls}/server-key.pem`
		],
		...hasConfig ? [`--config=${filesInContainer}/buildkitd.toml`] : [],
		...flags
	];
}
function startCommand({ engine, name }) {
	return {
		program: engine,
		args: ["start", name]
	};
}
function removeCommand({ engine, name }) {
	return {
		program: engine,
		args: [
			"rm",
			"--force",
			"--volumes",
			name
		]
	};
}
async function createDaemon(image, commands, exec) {
	for (const command of commands) await runForDaemon(image, command, exec);
}
async function startDaemon(container, exec) {
	await runForDaemon(container.image, startCommand(container), exec);
	return awaitDaemon(container, container.socket?.folder, exec);
}
async function joinDaemon(container, exec) {
	return awaitDaemon(container, void 0, exec);
}
async function awaitDaemon(container, socketFolder, exec) {
	const path = socketFolder === void 0 ? void 0 : `${socketFolder}/${socketName}`;
	return await awaitReady({
		connects: path === void 0 ? void 0 : () => canConnect(path),
		answers: () => answersThroughExec(container, exec),
		failure: () => daemonFailure(container, exec),
		log: () => readLogs(container, exec)
	}) ? `unix://${path}` : containerAddress(container);
}
async function findTcpPort(container, exec) {
	const { engine, name, tcp } = container;
	if (tcp?.hostNetwork !== true) {
		const { stdout } = await exec({
			program: engine,
			args: [
				"port",
				name,
				`${ownPort}/tcp`
			]
		});
		return parsePublishedPort(stdout);
	}
	let port;
	await awaitReady({
		connects: async () => {
			const { stderr, stdout } = await exec({
				program: engine,
				args: ["logs", name]
			});
			port = listeningPort(`${stdout}${stderr}`);
			return port !== void 0;
		},
		answers: () => Promise.resolve(false),
		failure: () => daemonFailure(container, exec),
		log: () => readLogs(container, exec)
	});
	return port ?? 0;
}
function listeningPort(log) {
	const port = /running server on 127\.0\.0\.1:(\d+)/.exec(log)?.[1];
	return port === void 0 ? void 0 : Number(port);
}
function isNameTaken(error) {
	for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause instanceof ExecError && /name "?\S+"? is already in use/i.test(cause.stderr)) return true;
	return false;
}
async function runForDaemon(image, command, exec) {
	try {
		await exec(command);
	} catch (error) {
		if (!(error instanceof ExecError)) throw error;
		throw new WorkError(`BuildKit did not start from ${image}`, {
			cause: error,
			fix: dockerRunAdvice(error.stderr)
		});
	}
}
async function answersThroughExec({ engine, name }, exec) {
	try {
		const { stdout } = await exec({
			program: engine,
			args: [
				"exec",
				name,
				"buildctl",
				"debug",
				"workers"
			]
		});
		return stdout.trim() !== "";
	} catch (error) {
		if (error instanceof ExecError) return false;
		throw error;
	}
}
async function daemonFailure(container, exec) {
	const { name } = container;
	const found = await inspectDaemon(container, exec);
	if (found?.running === true) return void 0;
	return new WorkError(`BuildKit in the container ${name} ended at once:\n${found === void 0 ? "it was removed" : await readLogs(container, exec)}`);
}
async function inspectDaemon({ engine, name }, exec) {
	const format = "--format={\"id\":{{json .ID}},\"running\":{{json .State.Running}},\"status\":{{json .State.Status}},\"image\":{{json .Config.Image}},\"labels\":{{json .Config.Labels}}}";
	try {
		const { stdout } = await exec({
			program: engine,
			args: [
				"container",
				"inspect",
				format,
				name
			]
		});
		const { labels, ...rest } = JSON.parse(stdout);
		return {
			...rest,
			labels: labels ?? {}
		};
	} catch (error) {
		if (error instanceof ExecError) return void 0;
		throw error;
	}
}
async function readLogs({ engine, name }, exec) {
	try {
		const { stdout, stderr } = await exec({
			program: engine,
			args: [
				"logs",
				"--tail=300",
				name
			]
		});
		const lines = `${stdout}${stderr}`.trim().split("\n");
		const [first, last] = [5, 40];
		return lines.length <= first + last ? lines.join("\n") : [
			...lines.slice(0, first),
			"…",
			...lines.slice(-last)
		].join("\n");
	} catch (error) {
		return `(its log can't be read: ${describeError(error)})`;
	}
}
// src/steps/staging-tag.ts
function stagingTag(facts, platform) {
	return `${stagingPrefix(facts)}${formatPlatform(platform).replaceAll("/", "-")}`;
}
function stagingPrefix({ commit, runId }) {
	if (commit === void 0) throw new WorkError("handoff: there is no commit to name the images after", { fix: "run in a Git repository, or pass descriptors instead" });
	const run = (runId ?? "0").replaceAll(/[^\w.-]/g, "-").slice(0, 40);
	return `multiarch-${commit.slice(0, 40)}-${run}-`;
}
// src/emulation/binfmt-misc.ts
const binfmtMiscFolder = "/proc/sys/fs/binfmt_misc";
function parseBinfmtEntry(name, text) {
	const value = (key) => text.split("\n").find((line) => line.startsWith(key))?.slice(key.length).trim() ?? "";
	const magic = Buffer.from(value("magic "), "hex");
	const mask = Buffer.from(value("mask "), "hex");
	return {
		name,
		enabled: /^enabled$/m.test(text),
		interpreter: value("interpreter "),
		flags: value("flags:"),
		...magic.length === 0 ? {} : { pattern: {
			offset: Number(value("offset ")),
			magic: new Uint8Array(magic),
			mask: mask.length === 0 ? new Uint8Array(magic.length).fill(255) : new Uint8Array(mask)
		} }
	};
}
function takes({ pattern }, file) {
	if (pattern === void 0) return false;
	const { magic, mask, offset } = pattern;
	return magic.every((byte, i) => (((file[offset + i] ?? 0) ^ byte) & (mask[i] ?? 255)) === 0);
}
function readBinfmtMisc(folder = binfmtMiscFolder, mounts = "/proc/self/mountinfo") {
	const readOnly = isReadOnly(folder, readOr("", mounts));
	let names;
	try {
		names = readdirSync(folder);
	} catch {
		return {
			state: "absent",
			enabled: false,
			readOnly,
			entries: []
		};
	}
	if (!names.includes("status")) return {
		state: "unmounted",
		enabled: false,
		readOnly,
		entries: []
	};
	return {
		state: "mounted",
		enabled: readOr("enabled", join(folder, "status")).trim() === "enabled",
		readOnly,
		entries: names.filter((name) => name !== "register" && name !== "status").map((name) => ({
			name,
			text: readOr("", join(folder, name))
		})).filter(({ text }) => text !== "").map(({ name, text }) => parseBinfmtEntry(name, text))
	};
}
function isReadOnly(path, mountinfo) {
	let nearest;
	for (const line of mountinfo.split("\n")) {
		const [mount = "", fileSystem = ""] = line.split(" - ");
		const [, , , , point = "", options = ""] = mount.split(" ");
		if (point === "" || !`${path}/`.startsWith(point === "/" ? "/" : `${point}/`)) continue;
		if (point.length < (nearest?.point.length ?? 0)) continue;
		nearest = {
			point,
			options: [options, fileSystem.split(" ")[2] ?? ""].join(",").split(",")
		};
	}
	return nearest?.options.includes("ro") ?? false;
}
function readOr(fallback, path) {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return fallback;
	}
}
// src/emulation/program.ts
const sources = {
	"386": {
		machine: 3,
		bits: 32,
		byteOrder: "little",
		flags: 0,
		instructions: [
			"bb2a000000",
			"b801000000",
			"cd80"
		]
	},
	amd64: {
		machine: 62,
		bits: 64,
		byteOrder: "little",
		flags: 0,
		instructions: [
			"bf2a000000",
			"b83c000000",
			"0f05"
		]
	},
	arm: {
		machine: 40,
		bits: 32,
		byteOrder: "little",
		flags: 83886080,
		instructions: [
			"e3a0002a",
			"e3a07001",
			"ef000000"
		]
	},
	arm64: {
		machine: 183,
		bits: 64,
		byteOrder: "little",
		flags: 0,
		instructions: [
			"d2800540",
			"d2800ba8",
			"d4000001"
		]
	},
	loong64: {
		machine: 258,
		bits: 64,
		byteOrder: "little",
		flags: 65,
		instructions: [
			"0380a804",
			"0381740b",
			"002b0000"
		]
	},
	mips64: {
		machine: 8,
		bits: 64,
		byteOrder: "big",
		flags: 536870912,
		instructions: [
			"2404002a",
			"240213c2",
			"0000000c"
		]
	},
	mips64le: {
		machine: 8,
		bits: 64,
		byteOrder: "little",
		flags: 536870912,
		instructions: [
			"2404002a",
			"240213c2",
			"0000000c"
		]
	},
	ppc64le: {
		machine: 21,
		bits: 64,
		byteOrder: "little",
		flags: 2,
		instructions: [
			"3860002a",
			"38000001",
			"44000002"
		]
	},
	riscv64: {
		machine: 243,
		bits: 64,
		byteOrder: "little",
		flags: 0,
		instructions: [
			"02a00513",
			"05d00893",
			"00000073"
		]
	},
	s390x: {
		machine: 22,
		bits: 64,
		byteOrder: "big",
		flags: 0,
		instructions: ["a729002a", "0a01"]
	}
};
Object.keys(sources);
const loadAddress = 4194304;
const pageSize = 65536;
function proofProgram(architecture) {
	const source = sources[architecture];
	if (source === void 0) return void 0;
	const { bits, flags, machine } = source;
	const code = assemble(source);
	const word = bits / 8;
	const headerSize = bits === 64 ? 64 : 52;
	const segmentSize = bits === 64 ? 56 : 32;
	const start = headerSize + segmentSize;
	const size = start + code.length;
	const file = new Uint8Array(size);
	const view = new DataView(file.buffer);
	const little = source.byteOrder === "little";
	let at = 0;
	const put = (bytes, value) => {
		if (bytes === 2) view.setUint16(at, value, little);
		else if (bytes === 4) view.setUint32(at, value, little);
		else view.setBigUint64(at, BigInt(value), little);
		at += bytes;
	};
	file.set([
		127,
		69,
		76,
		70,
		bits / 32,
		little ? 1 : 2,
		1
	]);
	at = 16;
	put(2, 2);
	put(2, machine);
	put(4, 1);
	put(word, loadAddress + start);
	put(word, headerSize);
	put(word, 0);
	put(4, flags);
	put(2, headerSize);
	put(2, segmentSize);
	put(2, 1);
	put(2, 0);
	put(2, 0);
	put(2, 0);
	put(4, 1);
	if (bits === 64) put(4, 5);
	put(word, 0);
	put(word, loadAddress);
	put(word, loadAddress);
	put(word, size);
	put(word, size);
	if (bits === 32) put(4, 5);
	put(word, pageSize);
	file.set(code, start);
	return file;
}
function assemble({ byteOrder, instructions, machine }) {
	const isX86 = machine === 3 || machine === 62;
	return Buffer.concat(instructions.map((instruction) => {
		const bytes = Buffer.from(instruction, "hex");
		return byteOrder === "little" && !isX86 ? bytes.toReversed() : bytes;
	}));
}
// src/emulation/emulator.ts
const qemuNames = {
	"386": "i386",
	amd64: "x86_64",
	arm: "arm",
	arm64: "aarch64",
	loong64: "loongarch64",
	mips64: "mips64",
	mips64le: "mips64el",
	ppc64le: "ppc64le",
	riscv64: "riscv64",
	s390x: "s390x"
};
const alsoNative = { amd64: ["386"] };
const linuxkitArchitectures = [
	"arm64",
	"arm",
	"ppc64le",
	"s390x",
	"riscv64"
];
function isEmulated(architecture) {
	return architecture in qemuNames;
}
function entryName(architecture) {
	return `qemu-${qemuNames[architecture] ?? architecture}`;
}
function embeddedEmulator(architecture) {
	return `buildkit-qemu-${qemuNames[architecture] ?? architecture}`;
}
function isNative(architecture, host) {
	return architecture === host || (alsoNative[host] ?? []).includes(architecture);
}
function entriesFor(architecture, entries) {
	const program = proofProgram(architecture);
	const name = entryName(architecture);
	return entries.filter((entry) => program !== void 0 && takes(entry, program) || entry.pattern === void 0 && entry.name === name).toSorted((a, b) => Number(b.name === name) - Number(a.name === name));
}
function isIntact(entry) {
	return entry.enabled && entry.flags.includes("F");
}
// src/steps/teardown/remove.ts
async function removeDaemon(removal, { exec, job }) {
	if (removal.kind === "container") {
		const { engine, name } = removal;
		const found = name === `multiarch-${job}` ? void 0 : await inspectDaemon(removal, exec);
		if (found !== void 0 && found.labels["multiarch"] !== job) return false;
		await exec(removeCommand({
			engine,
			name: found?.id ?? name
		}));
	}
	if (removal.kind === "process") {
		const { stopDaemonProcess } = await import("./process-life.js");
		await stopDaemonProcess(removal, { exec });
	}
	return removal.kind !== "none";
}
export { ownerOf as $, formatCsv as $t, boundSummary as A, WorkError as An, rawRule as At, probeEndpoints as B, cacheSecrets as Bt, removeCommand as C, execToEnd as Cn, missingRegistryFiles as Ct, renderTable as D, startDetached as Dn, isTag as Dt, formatBytes as E, shellQuote as En, renderRegistryToml as Et, dockerConfigPath as F, formatDate as Ft, processAddress as G, isLoopback$1 as Gt, awaitReady as H, parseContext as Ht, loadDockerConfigs as I, formatSsh as It, hasRootInside as J, redactUrl as Jt, processLog as K, mayReach as Kt, checkRemoteTls as L, formatOutput as Lt, dockerRunAdvice as M, dateExpressions as Mt, probeEngine as N, mentions as Nt, explainWriteError as O, CancelledError as On, toTag as Ot, recognizeComplaint as P, renderTemplate as Pt, ownerLife as Q, planAttestations as Qt, judgeAnswer as R, cacheExportFor as Rt, readLogs as S, exec as Sn, writePrivateFiles as St, startDaemon as T, formatCommand as Tn, authTlsArguments as Tt, planDaemonProcess as U, addressKind as Ut, probeWorkers as V, formatCache as Vt, probeProcess as W, apiHost as Wt, parseMountinfo as X, registryUrl as Xt, mountsBelow as Y, refusal as Yt, hostIdentity as Z, urlHostname as Zt, filesInContainer as _, namedEnvFile as _n, endpointArguments as _t, isEmulated as a, nearest as an, withOutputTargets as at, isNameTaken as b, ExecError as bn, planRunTls as bt, linuxkitArchitectures as c, renderDotenv as cn, homelessTags as ct, readBinfmtMisc as d, joinLines as dn, run as dt, isTrue as en, readStartTime as et, stagingPrefix as f, plainSyntax as fn, multiarchInputs as ft, createDaemon as g, appendToEnvFile as gn, buildxArguments as gt, createCommands as h, withoutColours as hn, parseBuilder as ht, entryName as i, peekState as in, pushes as it, createDeliveries as j, describeError as jn, parseFlavor as jt, renderMarkdownTable as k, InputError as kn, parseTagRule as kt, proofProgram as l, renderShell as ln, buildStep as lt, containerAddress as m, neutralise as mn, readDescriptorFiles as mt, embeddedEmulator as n, performWork as nn, isPushed as nt, isIntact as o, createStreamHost as on, teardownStep as ot, stagingTag as p, withPlace as pn, parseDescriptors as pt, socketIn as q, ownUrl as qt, entriesFor as r, jobFolder as rn, loads as rt, isNative as s, oneLine as sn, publishStep as st, removeDaemon as t, annotationAttributes as tn, isLoaded as tt, binfmtMiscFolder as u, stepVariables as un, setupStep as ut, findTcpPort as v, fitLine as vn, formatEndpoint as vt, startCommand as w, findProgram as wn, resolveRegistries as wt, joinDaemon as x, ProgramMissingError as xn, runTlsFiles as xt, inspectDaemon as y, detectCi as yn, parseEndpoint as yt, planRemote as z, cacheImportsFor as zt };
