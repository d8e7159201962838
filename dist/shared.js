import { r as __toESM } from "./rolldown-runtime.js";
import { C as formatPlatform, D as samePlatform, E as parsePlatform, T as normalizePlatform, d as isAttestation, f as parseDescriptor, g as formatReference, n as buildIndex, t as parseImageConfig, v as parseTarget, w as isKnownPlatform, x as isDigest, y as withTarget } from "./oci.js";
import { n as parseImageMirror } from "./sources.js";
import { t as withImage } from "./on-demand.js";
import { t as provideImage } from "./pull2.js";
import { AsyncLocalStorage } from "node:async_hooks";
import { once } from "node:events";
import { accessSync, closeSync, constants, copyFileSync, createReadStream, createWriteStream, existsSync, lstatSync, mkdirSync, openSync, readFileSync, readdirSync, readlinkSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { subscribe } from "node:diagnostics_channel";
import { StringDecoder } from "node:string_decoder";
import { parseArgs } from "node:util";
import { X509Certificate, createHash, createPrivateKey, randomBytes, randomUUID } from "node:crypto";
import { homedir, hostname, tmpdir, userInfo } from "node:os";
import { basename, delimiter, dirname, join, resolve } from "node:path";
import { connect, createServer, isIP } from "node:net";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
import { access, chmod, lstat, mkdir, mkdtemp, open, readFile, readdir, rename, rm, stat, statfs, writeFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
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
	const runner = await import("./exec.js");
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
			if (options.stdin === void 0) child.once("spawn", () => child.stdin?.end());
		}, () => runner.exec(`"${command.program}"`, [...command.args], {
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
function detectHost(env) {
	return env["GITHUB_ACTIONS"] === "true" ? "github" : "plain";
}
// src/host/plain.ts
function createPlainHost(options) {
	const write = (prefix, message) => options.stderr(`${prefix}${message.replaceAll("\n", `\n${" ".repeat(prefix.length)}`)}\n`);
	return {
		name: "plain",
		log: {
			debug: (message) => {
				if (options.debug) write("debug: ", message);
			},
			info: (message) => write("", message),
			warning: (message) => write("warning: ", message),
			error: (message) => write("error: ", message),
			group: (title, lines) => write("", [title, ...lines.map((line) => `  ${line}`)].join("\n"))
		},
		mask: () => {},
		emit: (outputs, print) => {
			const text = renderOutputs(outputs, print);
			if (text !== "") options.stdout(text);
		}
	};
}
function renderOutputs(result, print) {
	switch (print) {
		case "none": return "";
		case "json": return `${JSON.stringify(result.outputs, void 0, 2)}\n`;
		case "shell": return [...variables(result).map(([name, value]) => `export ${name}=${shellQuote(value)}\n`), ...result.paths.map((path) => `export PATH=${shellQuote(path)}:"$PATH"\n`)].join("");
		case "dotenv": return variables(result).map(([name, value]) => `${name}=${value.replaceAll(/\r?\n/g, " ")}\n`).join("");
		default: return print;
	}
}
function variables(result) {
	const prefix = `MULTIARCH_${result.step}`;
	return [...Object.entries(result.variables), ...Object.entries(result.outputs).map(([name, value]) => [`${prefix}_${name}`.toUpperCase().replaceAll("-", "_"), value])];
}
// src/inputs/list.ts
function splitList(text, options) {
	const items = [];
	let item = "";
	let startsQuoted = false;
	let quoted = false;
	const finish = () => {
		const trimmed = item.trim();
		if (trimmed !== "") items.push(...unquote(trimmed, options));
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
function unquote(item, options) {
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
function boolean(options) {
	return {
		...base(options),
		fallback: options.fallback ?? false,
		flag: true,
		placeholder: "true|false",
		parse: (value) => {
			if (/^(1|t|true)$/i.test(value)) return {
				value: true,
				problems: []
			};
			if (/^(0|f|false)$/i.test(value)) return {
				value: false,
				problems: []
			};
			return {
				value: false,
				problems: [`${JSON.stringify(value)} is neither true nor false`]
			};
		}
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
			for (const entry of splitList(value, { commas: options.commas })) problems.push(...problemsOf(() => items.push(options.item(entry))));
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
function renderHelp(job, table) {
	const usage = job.name === "multiarch" ? "multiarch [setup|build|publish-manifest|teardown] [--input value …]" : `multiarch ${job.name} [--input value …]   (or: node dist/${job.name}.js …)`;
	return [
		job.summary,
		"",
		`Usage: ${usage}`,
		"",
		"Inputs:",
		...Object.entries(table).flatMap(([key, field]) => [`  --${kebabCase(key)}${field.flag ? "" : ` ${field.placeholder}`}`, ...wrap(describe(field))]),
		"  --help",
		"  --version",
		...Object.keys(job.outputs).length === 0 ? [] : [
			"",
			"Outputs:",
			...Object.entries(job.outputs).flatMap(([name, text]) => [`  ${name}`, ...wrap(text)])
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
	writeFileSync(draft, `${JSON.stringify(state, void 0, 2)}\n`, { mode: 384 });
	renameSync(draft, path);
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
async function performStep(step, inputs, ports) {
	const plan = step.plan(inputs, await step.probe(inputs, ports));
	if (ports.dryRun) {
		ports.log.group(`${step.name} would do this:`, step.describe(plan));
		step.foresee?.(plan, ports);
		return {
			step: step.name,
			outputs: {},
			variables: {},
			paths: []
		};
	}
	const result = await step.execute(plan, ports);
	const { lines, ...outputs } = step.report(result, plan);
	if (lines.length > 0) ports.log.info(lines.join("\n"));
	return {
		step: step.name,
		...outputs
	};
}
function stepJob(step) {
	return {
		...step,
		perform: (inputs, ports) => performStep(step, inputs, ports)
	};
}
function refuse(problems) {
	if (problems.length > 0) throw new InputError([...new Set(problems)]);
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
		const value = values.get(name)?.at(-1) ?? "false";
		if (value !== "true" && value !== "false") throw new Error(`${host}: ${name} is true or false`);
		return value === "true";
	};
	if (values.has("cert") !== values.has("key")) throw new Error(`${host}: cert and key belong together`);
	return {
		host,
		mirrors: values.get("mirror") ?? [],
		http: flag("http"),
		insecure: flag("insecure"),
		...file("ca"),
		...file("cert"),
		...file("key")
	};
}
function renderRegistryToml(registries, fileAt) {
	const text = (value) => JSON.stringify(value);
	return registries.map(({ ca, cert, host, http, insecure, key, mirrors }) => [
		`[registry.${text(host)}]`,
		...mirrors.length === 0 ? [] : [`  mirrors = [${mirrors.map(text).join(", ")}]`],
		...http ? ["  http = true"] : [],
		...insecure ? ["  insecure = true"] : [],
		...ca === void 0 ? [] : [`  ca = [${text(fileAt(ca))}]`],
		...cert === void 0 || key === void 0 ? [] : [
			`  [[registry.${text(host)}.keypair]]`,
			`    key = ${text(fileAt(key))}`,
			`    cert = ${text(fileAt(cert))}`
		],
		""
	].join("\n")).join("\n");
}
function authTlsArguments(registries) {
	return registries.filter(({ ca, cert, insecure }) => insecure || ca !== void 0 || cert !== void 0).map(({ ca, cert, host, insecure, key }) => {
		return `--registry-auth-tlscontext=${formatCsv([
			`host=${host}`,
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
		required: true,
		placeholder: "REGISTRY/REPOSITORY",
		item: (text) => {
			const reference = parseTarget(text);
			if (reference.tag !== void 0 || reference.digest !== void 0) {
				const { registry, repository } = reference;
				throw new Error(`${JSON.stringify(text)} names a tag or digest: give the repository ${formatReference({
					registry,
					repository
				})} here, and tags as tags`);
			}
			return reference;
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
// src/steps/build/inputs.ts
const buildInputs = {
	image: repositoryList("Repositories to push to, such as ghcr.io/someone/server. Tags come at publishing."),
	platforms: platformList("Platforms to build for; without it, the daemon's own."),
	context: text({
		description: "Folder that is sent to BuildKit as the build context.",
		fallback: ".",
		placeholder: "PATH"
	}),
	file: text({
		description: "Path of the Dockerfile.",
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
	target: text({
		description: "Stage of the Dockerfile to build.",
		placeholder: "STAGE"
	}),
	builder: text({
		description: "Address of the BuildKit daemon.",
		placeholder: "ADDRESS",
		defaultText: "BUILDKIT_HOST, else the daemon that setup started",
		check: (value) => {
			if (!/^[a-z-]+:\/\/\S+$/.test(value)) throw new Error(`${JSON.stringify(value)} is not an address such as tcp://host:1234 or unix:///path`);
		}
	}),
	registries: registryTrustList()
};
// src/steps/publish-manifest/inputs.ts
const publishInputs = {
	image: repositoryList("Repositories that get the tags; they hold the images already."),
	tags: list({
		description: "Tags to move to the new image index, such as 1.2.3 or latest.",
		commas: true,
		required: true,
		placeholder: "TAG",
		item: (tag) => {
			if (!/^\w[\w.-]{0,127}$/.test(tag)) throw new Error(`${JSON.stringify(tag)} is not a tag: letters, digits, _, . and -, 128 at most; repositories go into image`);
			return tag;
		}
	}),
	platforms: platformList("Platforms that the index must have, no fewer and no more, in this order; without it, those that were built."),
	descriptors: text({
		description: "JSON array of the images' OCI descriptors: the output of build in another job.",
		placeholder: "JSON",
		defaultText: "what build pushed in this job",
		check: (value) => void parseDescriptors(value)
	}),
	registries: registryTrustList()
};
function parseDescriptors(value) {
	let json;
	try {
		json = JSON.parse(value);
	} catch {
		throw new Error("this is not JSON");
	}
	if (!Array.isArray(json) || json.length === 0) throw new Error("this is not a JSON array of descriptors");
	return json.map((descriptor, index) => parseDescriptor(descriptor, `descriptor ${index + 1}`));
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
	network: text({
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
	buildctlSha256: text({
		description: "SHA-256 of BuildKit's release archive for this machine, when you want to say it yourself.",
		placeholder: "HEX",
		check: (value) => {
			if (!/^[0-9a-f]{64}$/.test(value)) throw new Error(`${JSON.stringify(value)} is not 64 hex digits`);
		}
	}),
	allowUnverified: boolean({ description: "Run a downloaded BuildKit for which nobody says what its digest must be." }),
	buildctlPath: text({
		description: "A buildctl of your own, which is used and nothing downloaded.",
		placeholder: "FILE"
	})
};
// src/steps/multiarch/inputs.ts
const { builder: _, image, platforms, ...building } = buildInputs;
const { platforms: __, ...preparing } = setupInputs;
const multiarchInputs = {
	image,
	tags: publishInputs.tags,
	platforms,
	...building,
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
		"bench:setup": "tsx bench/setup.ts"
	},
	dependencies: {
		"@actions/core": "^3.0.1",
		"@actions/exec": "^3.0.0",
		"@actions/tool-cache": "^4.0.0",
		"tar-stream": "^3.2.2",
		"undici": "^6.29.1"
	},
	devDependencies: {
		"@types/node": "20.19.43",
		"@types/tar-stream": "3.1.5",
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
async function run(job, argv = process.argv.slice(2)) {
	const { env } = process;
	const wantsDebug = argv.includes("--debug") || env["RUNNER_DEBUG"] === "1";
	const host = await createHost(wantsDebug);
	const controller = new AbortController();
	cancelOnSignals(controller);
	try {
		const table = {
			...job.inputs,
			...spineInputs
		};
		const flags = parseArgv(argv, table, job.words);
		if (flags.help || flags.version) {
			process.stdout.write(flags.help ? renderHelp(job, table) : `multiarch ${version}\n`);
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
				"dry-run",
				"debug",
				"print"
			]),
			...job.check(inputs, ports)
		]);
		const outputs = await job.perform(inputs, ports);
		host.emit(outputs, inputs.print);
	} catch (error) {
		const cause = controller.signal.aborted ? controller.signal.reason : error;
		process.exitCode = reportFailure(cause, host, wantsDebug);
	}
}
async function createHost(debug) {
	if (detectHost(process.env) === "github") {
		const { createGithubHost } = await import("./github.js");
		return createGithubHost();
	}
	return createPlainHost({
		debug,
		stderr: (text) => process.stderr.write(text),
		stdout: (text) => process.stdout.write(text)
	});
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
// src/buildkit/drivers/readiness.ts
const readyMilliseconds = 6e4;
const socketMilliseconds = 2e3;
async function awaitReady(ask) {
	const begin = performance.now();
	for (let pause = 10;; pause = Math.min(pause * 1.5, 250)) {
		if (await ask.connects?.()) return true;
		const waited = performance.now() - begin;
		if ((ask.connects === void 0 || waited > socketMilliseconds) && await ask.answers()) return false;
		if (pause > 50) {
			const failure = await ask.failure();
			if (failure !== void 0) throw failure;
		}
		if (waited > readyMilliseconds) throw new WorkError(`BuildKit did not answer within ${readyMilliseconds / 1e3} s`);
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
// src/buildkit/drivers/container.ts
const filesInContainer = "/multiarch";
const socketFolderInContainer = "/run/multiarch";
const socketName = "buildkitd.sock";
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
			...tcp === void 0 || tcp.hostNetwork ? [] : [`--publish=127.0.0.1::${tcp.port}`],
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
	const addresses = [...socket === void 0 ? [] : [`unix://${socketFolderInContainer}/${socketName}`], ...tcp === void 0 ? [] : [`tcp://${tcp.hostNetwork ? "127.0.0.1" : "0.0.0.0"}:${tcp.port}`]];
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
	const path = container.socket === void 0 ? void 0 : `${container.socket.folder}/${socketName}`;
	return await awaitReady({
		connects: path === void 0 ? void 0 : () => canConnect(path),
		answers: () => answersThroughExec(container, exec),
		failure: () => daemonFailure(container, exec)
	}) ? `unix://${path}` : containerAddress(container);
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
		await exec({
			program: engine,
			args: [
				"exec",
				name,
				"buildctl",
				"debug",
				"workers"
			]
		});
		return true;
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
	const format = "--format={\"running\":{{json .State.Running}},\"image\":{{json .Config.Image}},\"labels\":{{json .Config.Labels}}}";
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
// src/steps/setup/labels.ts
const labels = {
	job: "multiarch",
	spec: "multiarch.spec",
	user: "multiarch.owner",
	run: "multiarch.run",
	host: "multiarch.host",
	pid: "multiarch.pid",
	state: "multiarch.state",
	expires: "multiarch.expires"
};
const lifeSeconds = 86400;
function containerLabels(facts, spec) {
	const { now, owner, run, state, statePath, user } = facts;
	return {
		[labels.job]: state.job,
		[labels.spec]: spec,
		[labels.user]: user.name,
		[labels.run]: run,
		[labels.host]: owner.host,
		[labels.pid]: String(owner.pid),
		[labels.state]: statePath,
		[labels.expires]: String(Math.floor(now / 1e3) + lifeSeconds)
	};
}
function isAbandoned({ labels: found }, now, peekOwner = ownerInState) {
	const job = found[labels.job];
	if (job === void 0) return false;
	const owner = peekOwner(found[labels.state] ?? "", job);
	const life = owner === void 0 ? "unknown" : ownerLife(owner);
	if (life !== "unknown") return life === "dead";
	const expires = Number(found[labels.expires]);
	return Number.isFinite(expires) && expires > 0 && now / 1e3 > expires;
}
function ownerInState(path, job) {
	const state = path === "" ? void 0 : peekState(path);
	return state?.job === job ? state.builder?.owner : void 0;
}
// src/steps/setup/reap.ts
async function reapOrphans(engine, now, ports) {
	try {
		for (const { labels: found, name } of await listContainers(engine, ports)) {
			if (found[labels.job] === ports.state.read().job || !isAbandoned({ labels: found }, now)) continue;
			await ports.exec(removeCommand({
				engine,
				name
			}));
			ports.log.info(`removed the container ${name}, which a job that is over had left behind`);
		}
	} catch (error) {
		if (ports.signal.aborted) throw error;
		ports.log.warning(`what other jobs left behind could not be removed: ${describeError(error)}`);
	}
}
async function listContainers(engine, ports) {
	const format = `--format={{.Names}}${Object.values(labels).map((label) => `\t{{.Label ${JSON.stringify(label)}}}`).join("")}`;
	const args = [
		"ps",
		"--all",
		`--filter=label=${labels.job}`,
		format
	];
	const { stdout } = await ports.exec({
		program: engine,
		args
	});
	return stdout.split("\n").filter((line) => line !== "").map((line) => {
		const [name = "", ...values] = line.split("	");
		const found = Object.values(labels).map((label, index) => [label, values[index] ?? ""]);
		return {
			name,
			labels: Object.fromEntries(found)
		};
	});
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
// src/steps/setup/start-container.ts
function containerCommands({ container, existing }) {
	switch (existing) {
		case "use": return [];
		case "none": return createCommands(container);
		case "replace": return [removeCommand(container), ...createCommands(container)];
		default: return existing;
	}
}
async function createContainer(plan, mirrors, ports) {
	const { container, existing, files } = plan;
	if (existing === "use") return;
	for (const folder of [container.socket?.folder, container.files]) {
		if (folder === void 0) continue;
		rmSync(folder, {
			recursive: true,
			force: true
		});
		mkdirSync(folder, {
			recursive: true,
			mode: 448
		});
	}
	for (const { path, source, text = "" } of files) {
		const target = join(container.files ?? "", path);
		mkdirSync(dirname(target), { recursive: true });
		if (source === void 0) writeFileSync(target, text, { mode: 384 });
		else copyFileSync(source, target);
	}
	if (container.tcp !== void 0) {
		const { issueCertificates } = await import("./certificates.js");
		writePrivateFiles(planRunTls(issueCertificates(/* @__PURE__ */ new Date()), tlsFolders(container)));
	}
	const { exec, log, signal } = ports;
	const options = {
		engine: container.engine,
		mirrors,
		exec,
		log,
		signal
	};
	await withImage(container.image, options, (image) => {
		return createDaemon(image, containerCommands({
			...plan,
			container: {
				...container,
				image
			}
		}), exec);
	});
}
async function startContainer(plan, ports) {
	if (plan.existing !== "use") return startDaemon(plan.container, ports.exec);
	const { builder } = ports.state.read();
	return builder?.endpoints[0]?.address ?? containerAddress(plan.container);
}
async function exposedEndpoint({ container }, { exec }) {
	const { engine, name, tcp } = container;
	if (tcp === void 0) return void 0;
	const { stdout } = tcp.hostNetwork ? { stdout: `127.0.0.1:${tcp.port}` } : await exec({
		program: engine,
		args: [
			"port",
			name,
			`${tcp.port}/tcp`
		]
	});
	return {
		address: `tcp://127.0.0.1:${parsePublishedPort(stdout)}`,
		tls: runTlsFiles(tlsFolders(container))
	};
}
function tlsFolders({ files = "" }) {
	return {
		server: join(files, "tls"),
		client: join(dirname(files), "tls")
	};
}
// src/steps/setup/daemon.ts
function openDaemon(plan, options, ports) {
	switch (plan.driver) {
		case "docker-container":
		case "podman-container": return openContainer(plan, options, ports);
		case "process": return openProcess(plan, options, ports);
		case "remote": return openRemote(plan, ports);
		default: return plan;
	}
}
function openContainer(plan, { mirrors, now, onRemoval }, ports) {
	const { container, existing } = plan;
	const { engine, name } = container;
	onRemoval(plan.removal);
	return {
		prepare: () => createContainer(plan, mirrors, ports),
		start: async () => [{ address: await startContainer(plan, ports) }],
		exposed: () => exposedEndpoint(plan, ports),
		place: () => Promise.resolve({
			kind: "container",
			engine,
			name
		}),
		copyBuildctl: async (target) => {
			await ports.exec({
				program: engine,
				args: [
					"cp",
					`${name}:/usr/bin/buildctl`,
					target
				]
			});
		},
		reap: () => reapOrphans(engine, now, ports),
		log: () => readLogs(container, exec),
		discard: async () => {
			if (existing !== "use") await exec(removeCommand(container));
		}
	};
}
function openProcess(plan, { onRemoval, programs }, ports) {
	const { cleanup, config, folder, ...rest } = plan;
	let removal = { kind: "none" };
	return {
		prepare: async () => void await programs(),
		start: async () => {
			const [{ planDaemonProcess, probeProcess, processAddress }, { startDaemonProcess }] = await Promise.all([import("./process.js"), import("./process-life.js")]);
			const { env, exec, signal } = ports;
			const configFile = join(`${folder}.toml`);
			if (config !== "") writePrivateFiles([{
				path: configFile,
				text: config
			}]);
			const daemon = planDaemonProcess({
				...rest,
				folder,
				env,
				programs: (await programs()).folder,
				...config === "" ? {} : { config: configFile }
			}, probeProcess(env));
			await startDaemonProcess(daemon, {
				exec,
				signal,
				onStarted: (started) => {
					removal = started;
					onRemoval(cleanup ? started : { kind: "none" });
				}
			});
			return [{ address: processAddress(daemon) }];
		},
		exposed: () => Promise.resolve(void 0),
		place: async () => ({
			kind: "here",
			emulators: (await programs()).folder
		}),
		copyBuildctl: void 0,
		reap: () => Promise.resolve(),
		log: async () => {
			const { readProcessLog } = await import("./process-life.js");
			return readProcessLog(folder);
		},
		discard: async () => {
			if (removal.kind !== "process") return;
			const { stopDaemonProcess } = await import("./process-life.js");
			await stopDaemonProcess(removal, { exec });
		}
	};
}
function openRemote({ remote }, ports) {
	return {
		prepare: async () => {
			const { checkRemoteTls } = await import("./remote.js");
			for (const secret of remote.secrets) ports.mask(secret);
			for (const warning of [...remote.warnings, ...checkRemoteTls(remote, /* @__PURE__ */ new Date())]) ports.log.warning(warning);
			for (const { path } of remote.files) rmSync(path, { force: true });
			writePrivateFiles(remote.files);
		},
		start: () => Promise.resolve(remote.endpoints),
		exposed: () => Promise.resolve(void 0),
		place: void 0,
		copyBuildctl: void 0,
		reap: () => Promise.resolve(),
		log: () => Promise.resolve(""),
		discard: () => Promise.resolve()
	};
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
	const readOnly = isReadOnly(folder, readOr$1("", mounts));
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
		enabled: readOr$1("enabled", join(folder, "status")).trim() === "enabled",
		readOnly,
		entries: names.filter((name) => name !== "register" && name !== "status").map((name) => ({
			name,
			text: readOr$1("", join(folder, name))
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
function readOr$1(fallback, path) {
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
// src/emulation/binfmt-image.ts
const linuxkitImage = "docker.io/linuxkit/binfmt:v0.8";
const tonistiigiImage = "docker.io/tonistiigi/binfmt:qemu-v10.2.3-68@sha256:400a4873b838d1b89194d982c45e5fb3cda4593fbfd7e08a02e76b03b21166f0";
const linuxkitHas = [
	"arm",
	"arm64",
	"loong64",
	"ppc64le",
	"riscv64",
	"s390x"
];
function defaultBinfmtImage(hostArchitecture, wanted = [], present = []) {
	return hostArchitecture === "amd64" && lacking("linuxkit", wanted).length === 0 && replacedBy("linuxkit", present).length === 0 ? linuxkitImage : tonistiigiImage;
}
function replacedBy(family, present) {
	const names = linuxkitHas.map(entryName);
	return family === "linuxkit" ? present.filter((name) => names.includes(name)) : [];
}
function binfmtFamily(image) {
	return /(^|\/)linuxkit\/binfmt([:@]|$)/.test(image) ? "linuxkit" : "tonistiigi";
}
function lacking(family, architectures) {
	return family === "linuxkit" ? architectures.filter((architecture) => !linuxkitHas.includes(architecture)) : [];
}
function registerCommand(options) {
	const { architectures, engine = "docker", image, job, uninstall = [] } = options;
	const run = [
		"run",
		"--rm",
		"--privileged",
		`--label=multiarch=${job}`,
		image
	];
	return {
		program: engine,
		args: binfmtFamily(image) === "linuxkit" ? run : [
			...run,
			...uninstall.length === 0 ? [] : ["--uninstall", uninstall.join(",")],
			"--install",
			architectures.length === 0 ? "all" : architectures.join(",")
		]
	};
}
function parseBinfmtStatus(stdout) {
	try {
		const status = JSON.parse(stdout);
		if (status === null || !("supported" in status)) return void 0;
		return {
			supported: texts(status.supported),
			emulators: texts(status.emulators)
		};
	} catch {
		return;
	}
}
function texts(value) {
	return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
function isPrivilegeRefused(output) {
	if (/docker daemon socket|docker API/i.test(output)) return false;
	return /privileged mode is incompatible with user namespaces|authorization denied by plugin/i.test(output) || /privileged[^\n]*(?:not allowed|denied|forbidden|disallowed|refused)/i.test(output) || /(?:not allowed|denied|forbidden|can ?not|can't)[^\n]*privileged/i.test(output) || /operation not permitted|permission denied/i.test(output);
}
// src/emulation/proof.ts
function describeFailure({ reason, detail }) {
	const said = detail === "" ? "" : ` (${detail})`;
	switch (reason) {
		case "no emulator": return `a program for it does not start${said}`;
		case "emulator missing": return `its emulator is not there${said}`;
		case "crashed": return `its emulator crashed${said}`;
		case "wrong answer": return `a program for it gives a wrong answer${said}`;
		case "not tried": return `no program could be run${said}`;
		default: return reason;
	}
}
function proofScript({ architectures, emulators = {}, folder, native }) {
	const provable = architectures.filter((architecture) => proofProgram(architecture) !== void 0);
	const control = proofProgram(native);
	return [
		"ulimit -t 20; ulimit -c 0; umask 077; d=",
		"trap 'rm -rf \"$d\"' EXIT",
		"prove() {",
		"  n=$1; shift; t=$(\"$@\" 2>&1 </dev/null); printf \"proof %s %s %s\\n\" \"$n\" $? \"$t\"",
		"}",
		`for f in ${[
			...folder === void 0 ? [] : [folder],
			"/tmp",
			"/var/tmp",
			"/run",
			"/dev/shm"
		].map(shellQuote).join(" ")}; do`,
		"  d=$(mktemp -d \"$f/multiarch.XXXXXX\" 2>/dev/null) || { d=; continue; }",
		...control === void 0 ? ["  break"] : [
			`  ${writeProgram$1("control", control)}`,
			"  \"$d/control\" </dev/null >/dev/null 2>&1",
			`  [ $? = 42 ] && break`,
			"  rm -rf \"$d\"; d="
		],
		"done",
		"[ -n \"$d\" ] || { echo \"proof - 0 there is no folder in which programs may be run\"; exit 0; }",
		...provable.map((architecture) => writeProgram$1(architecture, proofProgram(architecture) ?? /* @__PURE__ */ new Uint8Array())),
		...provable.map((architecture) => {
			const emulator = emulators[architecture];
			return `prove ${architecture} ${[...emulator === void 0 ? [] : [shellQuote(emulator)], `"$d/${architecture}"`].join(" ")} &`;
		}),
		"wait",
		""
	].join("\n");
}
function writeProgram$1(name, program) {
	return `printf '${[...program].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("")}' >"$d/${name}"; chmod 700 "$d/${name}"`;
}
function parseProofs(stdout, { architectures, emulators = {} }) {
	const found = /* @__PURE__ */ new Map();
	let last;
	for (const line of stdout.split("\n")) {
		const match = /^proof (\S+) (\d+) ?(.*)$/.exec(line);
		if (match === null) {
			if (last !== void 0) last.said += `\n${line}`;
			continue;
		}
		const entry = {
			code: Number(match[2]),
			said: match[3] ?? ""
		};
		found.set(match[1] ?? "", entry);
		last = entry;
	}
	const nowhere = found.get("-");
	return Object.fromEntries(architectures.map((architecture) => {
		const answer = found.get(architecture);
		if (answer !== void 0) return [architecture, judge(answer.code, answer.said, emulators[architecture])];
		return [architecture, {
			runs: false,
			reason: "not tried",
			detail: proofProgram(architecture) === void 0 ? "there is no proof program for this architecture" : nowhere?.said.trim() ?? "the run of the programs ended early"
		}];
	}));
}
function judge(code, said, emulator) {
	if (code === 42) return { runs: true };
	if (/exec format error/i.test(said)) return {
		runs: false,
		reason: "no emulator",
		detail: ""
	};
	if (code > 128 && code <= 192) return {
		runs: false,
		reason: "crashed",
		detail: `signal ${code - 128}`
	};
	const detail = firstLine(said);
	if (emulator === void 0 && /^exec \S+: no such file/im.test(said)) return {
		runs: false,
		reason: "emulator missing",
		detail: ""
	};
	const cannotStart = code === 126 || code === 127 || code === 2;
	if (emulator !== void 0 && cannotStart && (code === 127 || /not found|no such file/i.test(said))) return {
		runs: false,
		reason: "emulator missing",
		detail: emulator
	};
	if (cannotStart) return {
		runs: false,
		reason: /no such file|required file not found|\/\w+: not found/i.test(said) ? "emulator missing" : "no emulator",
		detail: ""
	};
	return {
		runs: false,
		reason: "wrong answer",
		detail: `exit code ${code}${detail === "" ? "" : `: ${detail}`}`
	};
}
function firstLine(text) {
	return (text.split("\n").find((each) => each.trim() !== "") ?? "").replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 200).trim();
}
// src/emulation/plan.ts
function planEmulation(request, facts) {
	const required = request.platforms.length > 0;
	const platforms = wantedPlatforms(request).map((platform) => emulationOf(platform, request, facts));
	if (required) requireSound(platforms);
	return {
		platforms,
		required,
		register: planRegistration(platforms, request, facts)
	};
}
function wantedPlatforms({ hostArchitecture, mode, platforms }) {
	if (platforms.length > 0) return platforms.filter(({ os }) => os === "linux");
	const own = {
		os: "linux",
		architecture: hostArchitecture
	};
	if (mode === "embedded" || mode === "none") return [own];
	return [own, ...linuxkitArchitectures.filter((architecture) => architecture !== hostArchitecture).map((architecture) => ({
		os: "linux",
		architecture,
		...architecture === "arm" ? { variant: "v7" } : {}
	}))];
}
function emulationOf(platform, request, facts) {
	const { architecture } = platform;
	const { binfmt, proofs } = facts;
	if (architecture === request.hostArchitecture) return {
		platform,
		kind: "native"
	};
	const proof = proofs[architecture];
	const [entry, ...shadowed] = entriesFor(architecture, binfmt?.entries ?? []);
	if (entry === void 0) {
		if (proof?.runs === true) return {
			platform,
			kind: binfmt?.state === "mounted" || isNative(architecture, request.hostArchitecture) ? "native" : "registered"
		};
		if ((proof === void 0 || proof.reason === "not tried") && isNative(architecture, request.hostArchitecture)) return {
			platform,
			kind: "native"
		};
		return provideEmulator(platform, request, facts);
	}
	const cause = defect([entry, ...shadowed], binfmt, proof);
	if (cause === void 0) return {
		platform,
		kind: "registered",
		interpreter: entry.interpreter
	};
	if (request.mode === "embedded") return {
		platform,
		kind: "embedded"
	};
	const isInTheWay = entry.name === entryName(architecture);
	const isReplaceable = !isInTheWay || request.reset || binfmt?.enabled === false;
	if (request.mode !== "none" && isReplaceable) {
		const provided = provideEmulator(platform, request, facts);
		return provided.kind === "register" && isInTheWay ? {
			...provided,
			uninstall: entry.name
		} : provided;
	}
	return {
		platform,
		kind: "broken",
		cause,
		fix: `${request.mode === "none" ? "emulation auto with " : ""}reset: true replaces it; so does echo -1 | sudo tee ${binfmtMiscFolder}/${entry.name} before the next run`
	};
}
function defect(entries, binfmt, proof) {
	const [first] = entries;
	const entry = entries.find(isIntact) ?? first;
	if (entry === void 0) return void 0;
	const name = `${entry.name} is registered in binfmt_misc`;
	if (binfmt?.enabled === false) return `${name}, but all of binfmt_misc is switched off`;
	if (!entry.enabled) return `${name}, but disabled`;
	if (!entry.flags.includes("F")) return `${name} without the flag F, so that ${entry.interpreter} is looked for in each container and not found there`;
	if (proof === void 0 || proof.runs || proof.reason === "not tried") return void 0;
	return `${name} with ${entry.interpreter}, but ${describeFailure(proof)}`;
}
function provideEmulator(platform, request, facts) {
	const { engine, hostArchitecture, mode } = request;
	if (!isEmulated(platform.architecture)) return {
		platform,
		kind: "broken",
		cause: "there is no emulator for it",
		fix: "leave it out, or build it on a machine that runs it"
	};
	if (mode === "none") return {
		platform,
		kind: "broken",
		cause: `emulation is none, and this linux/${hostArchitecture} machine can't run it without`,
		fix: "use emulation auto, or leave it to a machine that runs it"
	};
	if (mode === "embedded") return {
		platform,
		kind: "embedded"
	};
	const obstacle = engine === void 0 ? noEngine : registrationObstacle(facts);
	if (obstacle === void 0) return {
		platform,
		kind: "register"
	};
	return mode === "auto" ? {
		platform,
		kind: "embedded",
		because: obstacle.cause
	} : {
		platform,
		kind: "broken",
		cause: obstacle.cause,
		fix: obstacle.fix
	};
}
const noEngine = {
	cause: "emulators are registered by a container, and there is no engine to run it",
	fix: "install Docker, register QEMU on the machine (qemu-user-static), or use emulation embedded"
};
const mountCommand = {
	program: "mount",
	args: [
		"-t",
		"binfmt_misc",
		"binfmt_misc",
		binfmtMiscFolder
	]
};
function registrationObstacle({ binfmt, isRoot }) {
	if (binfmt?.state === "mounted" && !binfmt.enabled) return {
		cause: "all of binfmt_misc is switched off on this machine",
		fix: `echo 1 | sudo tee ${binfmtMiscFolder}/status`
	};
	if (binfmt === void 0 || binfmt.readOnly || binfmt.state === "mounted") return void 0;
	if (binfmt.state === "absent") return {
		cause: "this machine's kernel has no binfmt_misc, or its module is not loaded",
		fix: `sudo modprobe binfmt_misc && sudo ${formatCommand(mountCommand)}`
	};
	if (isRoot) return void 0;
	return {
		cause: "binfmt_misc is not mounted on this machine, so that what is registered would not last",
		fix: `sudo ${formatCommand(mountCommand)}`
	};
}
function planRegistration(platforms, request, { binfmt }) {
	const { engine, hostArchitecture, job } = request;
	const missing = platforms.filter((platform) => platform.kind === "register");
	if (missing.length === 0 || engine === void 0) return void 0;
	const architectures = [...new Set(missing.map(({ platform }) => platform.architecture))];
	const uninstall = [...new Set(missing.flatMap((each) => each.uninstall ?? []))];
	const present = (binfmt?.entries ?? []).map(({ name }) => name);
	const untouched = present.filter((name) => !uninstall.includes(name));
	const image = request.image || defaultBinfmtImage(hostArchitecture, architectures, untouched);
	const family = binfmtFamily(image);
	if (family === "linuxkit" && hostArchitecture !== "amd64") throw new WorkError(`${image} runs on amd64 machines only, and this one is ${hostArchitecture}`, { fix: "leave binfmt-image out, or name a tonistiigi/binfmt image" });
	const without = lacking(family, architectures);
	if (without.length > 0) throw new WorkError(`${image} has no emulator for linux/${without.join(", linux/")}`, { fix: "leave binfmt-image out, or name a tonistiigi/binfmt image" });
	return {
		image,
		command: registerCommand({
			engine,
			image,
			architectures: request.platforms.length === 0 ? [] : architectures,
			uninstall,
			job
		}),
		...binfmt?.state === "unmounted" && !binfmt.readOnly ? { mount: mountCommand } : {},
		replaces: [.../* @__PURE__ */ new Set([...replacedBy(family, present), ...uninstall])]
	};
}
function requireSound(platforms) {
	const broken = platforms.filter((each) => each.kind === "broken");
	if (broken.length === 0) return;
	const fixes = [...new Set(broken.map(({ fix }) => fix))];
	throw new WorkError(broken.map(({ platform, cause }) => `${formatPlatform(platform)} can't be built here: ${cause}`).join("\n"), { fix: fixes.join("; ") });
}
function describeEmulation({ platforms, register }) {
	return [
		...platforms.map((each) => `# ${formatPlatform(each.platform)}: ${describePlatform(each)}`),
		...register?.mount === void 0 ? [] : [formatCommand(register.mount)],
		...register === void 0 ? [] : [formatCommand(register.command)]
	];
}
function describePlatform(emulation) {
	switch (emulation.kind) {
		case "native": return "runs without emulation";
		case "registered": return `emulated by ${emulation.interpreter ?? "what is registered in binfmt_misc"}`;
		case "register": return emulation.uninstall === void 0 ? "an emulator will be registered" : `the emulator ${emulation.uninstall} will be replaced`;
		case "embedded": return `emulated by BuildKit's own ${embeddedEmulator(emulation.platform.architecture)}` + (emulation.because === void 0 ? "" : `, because ${emulation.because}`);
		case "broken": return emulation.cause;
		default: return emulation;
	}
}
// src/emulation/prove.ts
async function probeEmulation(request, { isLocal, folder }, exec) {
	const isRoot = process.getuid?.() === 0;
	if (!isLocal) return {
		binfmt: void 0,
		proofs: {},
		isRoot
	};
	const proofRequest = {
		architectures: architecturesOf(wantedPlatforms(request)).filter((architecture) => architecture !== request.hostArchitecture),
		native: request.hostArchitecture,
		...folder === void 0 ? {} : { folder }
	};
	return {
		binfmt: readBinfmtMisc(),
		proofs: await proveHere(proofRequest, exec),
		isRoot
	};
}
async function proveEmulation({ platforms }, hostArchitecture, place, exec) {
	const folder = place.kind === "here" && place.emulators !== "" ? place.emulators : void 0;
	const emulatorPath = (architecture) => folder === void 0 ? embeddedEmulator(architecture) : join(folder, embeddedEmulator(architecture));
	const tried = platforms.filter(({ kind }) => kind !== "register" && kind !== "broken");
	const architectures = architecturesOf(tried.map(({ platform }) => platform)).filter((architecture) => architecture !== hostArchitecture);
	const embedded = tried.filter(({ kind }) => kind === "embedded").map(({ platform }) => platform.architecture);
	const proofs = await proveAt(place, {
		architectures,
		native: hostArchitecture,
		emulators: Object.fromEntries(embedded.map((architecture) => [architecture, emulatorPath(architecture)])),
		...place.kind === "here" && place.folder !== void 0 ? { folder: place.folder } : {}
	}, exec);
	return tried.map((emulation) => {
		const { platform } = emulation;
		const proof = proofs[platform.architecture] ?? { runs: true };
		return {
			platform,
			...emulatorOf(emulation, emulatorPath),
			proof
		};
	});
}
function proveAt(place, request, exec) {
	switch (place.kind) {
		case "known": return Promise.resolve(place.proofs);
		case "here": return proveHere(request, exec);
		case "container": return proveInContainer(request, place, exec);
		default: return place;
	}
}
function emulatorOf(emulation, emulatorPath) {
	switch (emulation.kind) {
		case "native": return { emulator: "native" };
		case "embedded": return {
			emulator: "embedded",
			interpreter: emulatorPath(emulation.platform.architecture)
		};
		case "registered": return {
			emulator: "binfmt",
			...emulation.interpreter === void 0 ? {} : { interpreter: emulation.interpreter }
		};
		default: return { emulator: "binfmt" };
	}
}
function requireProved(proved) {
	const failures = proved.flatMap((each) => each.proof.runs || each.proof.reason === "not tried" ? [] : [{
		text: `${formatPlatform(each.platform)} can't be built here: ${failureText(each)}`,
		fix: proofFix(each)
	}]);
	if (failures.length > 0) throw new WorkError(failures.map(({ text }) => text).join("\n"), { fix: [...new Set(failures.map(({ fix }) => fix))].join("; ") });
	return proved.filter(({ proof }) => !proof.runs).map(({ platform }) => platform);
}
function failureText({ emulator, interpreter, proof }) {
	if (proof.runs) return "";
	switch (emulator) {
		case "native": return `this machine should run it, but ${describeFailure(proof)}`;
		case "embedded": return proof.reason === "emulator missing" ? `BuildKit here does not bring ${interpreter ?? "an emulator"} along` : `BuildKit brings ${interpreter ?? "an emulator"} along, but ${describeFailure(proof)}`;
		case "binfmt": return `${interpreter ?? "an emulator"} is registered in binfmt_misc, but where builds run ${describeFailure(proof)}`;
		default: return emulator;
	}
}
function proofFix({ emulator, platform }) {
	if (emulator === "native") return "leave it out, or build it on a machine that runs it";
	if (emulator === "embedded") return "use emulation binfmt, or a BuildKit image that has the emulator (moby/buildkit has most)";
	return `reset: true replaces it, and another binfmt-image may do better; echo -1 | sudo tee ${`${binfmtMiscFolder}/${entryName(platform.architecture)}`} takes it out`;
}
async function proveHere(request, exec) {
	if (request.architectures.length === 0) return {};
	return runScript({
		program: "sh",
		args: ["-c", proofScript(request)]
	}, request, exec);
}
async function proveInContainer(request, { engine, name }, exec) {
	if (request.architectures.length === 0) return {};
	const command = {
		program: engine,
		args: [
			"exec",
			name,
			"sh",
			"-c",
			proofScript(request)
		]
	};
	try {
		return await runScript(command, request, exec);
	} catch (error) {
		if (!(error instanceof ExecError && /"sh": (?:executable file not found|.*no such file)/i.test(`${error.stderr}${error.stdout}`))) throw new WorkError(`no program could be run in the container ${name}`, { cause: error });
		return proveWithoutShell(request, {
			engine,
			name
		}, exec);
	}
}
async function runScript(command, request, exec) {
	const { stdout } = await exec(command);
	return parseProofs(stdout, request);
}
async function proveWithoutShell({ architectures, emulators = {} }, { engine, name }, exec) {
	const target = "/multiarch-proof";
	const folder = await mkdtemp(join(tmpdir(), "multiarch-"));
	try {
		await Promise.all(architectures.map((architecture) => writeFile(join(folder, architecture), proofProgram(architecture) ?? "", { mode: 493 })));
		await exec({
			program: engine,
			args: [
				"cp",
				`${folder}/.`,
				`${name}:${target}`
			]
		});
	} finally {
		await rm(folder, {
			recursive: true,
			force: true
		});
	}
	const prove = async (architecture) => {
		const emulator = emulators[architecture];
		const words = [...emulator === void 0 ? [] : [emulator], `${target}/${architecture}`];
		try {
			await exec({
				program: engine,
				args: [
					"exec",
					name,
					...words
				]
			});
			return [architecture, judge(0, "", emulator)];
		} catch (error) {
			if (!(error instanceof ExecError) || error.exitCode === null) throw error;
			return [architecture, judge(error.exitCode, `${error.stderr}${error.stdout}`, emulator)];
		}
	};
	return Object.fromEntries(await Promise.all(architectures.map(prove)));
}
function architecturesOf(platforms) {
	return [...new Set(platforms.map(({ architecture }) => architecture))];
}
// src/emulation/lock.ts
const defaultMilliseconds = 3e5;
const pauseMilliseconds = 10;
async function withLock(name, work, options = {}) {
	const path = lockPath(name);
	if (path === void 0) return work();
	const release = await acquire(path, name, options);
	try {
		return await work();
	} finally {
		await release();
	}
}
function lockPath(name) {
	switch (process.platform) {
		case "linux": return `\0multiarch-${name}`;
		case "win32": return `\\\\.\\pipe\\multiarch-${name}`;
		default: return;
	}
}
async function acquire(path, name, options) {
	const { milliseconds = defaultMilliseconds, onWait, signal } = options;
	const end = performance.now() + milliseconds;
	let owner;
	for (;;) {
		if (signal?.aborted) throw cancellation(signal);
		const release = await listen(path);
		if (release !== void 0) return release;
		const began = performance.now();
		const remaining = end - began;
		await awaitEnd(path, Math.max(remaining, 0), signal, (holder) => {
			if (owner === void 0) onWait?.(holder);
			owner = holder;
		});
		if (performance.now() - began < pauseMilliseconds) await setTimeout$1(pauseMilliseconds);
		if (performance.now() >= end) throw new WorkError(`${owner ?? "another process"} has kept the lock ${name} of this machine for ${Math.round(milliseconds / 1e3)} s`, { fix: "end that process if it hangs, and try again" });
	}
}
function listen(path) {
	return new Promise((resolve) => {
		const waiting = /* @__PURE__ */ new Set();
		const server = createServer((socket) => {
			waiting.add(socket);
			socket.on("error", () => {}).on("close", () => waiting.delete(socket));
			socket.write(`process ${process.pid}\n`);
		});
		server.once("error", (error) => {
			resolve(error.code === "EADDRINUSE" ? void 0 : async () => {});
		});
		server.listen(path, () => {
			resolve(() => new Promise((done) => {
				server.close(() => done());
				for (const socket of waiting) socket.destroy();
			}));
		});
	});
}
function awaitEnd(path, milliseconds, signal, onOwner) {
	return new Promise((resolve) => {
		const socket = connect(path);
		const finish = () => {
			clearTimeout(timer);
			signal?.removeEventListener("abort", finish);
			socket.destroy();
			resolve();
		};
		const timer = setTimeout(finish, milliseconds);
		signal?.addEventListener("abort", finish);
		socket.on("data", (data) => {
			const pid = /^process (\d{1,10})\n/.exec(data.toString("latin1"))?.[1];
			if (pid !== void 0) onOwner(`process ${pid}`);
		});
		socket.on("error", () => {}).on("close", finish);
	});
}
function cancellation(signal) {
	return signal.reason instanceof Error ? signal.reason : new CancelledError("SIGTERM");
}
// src/emulation/register.ts
async function registerEmulators(request, plan, probe, ports) {
	if (plan.register === void 0) return plan;
	const work = async () => {
		const now = planEmulation(request, await probe());
		return now.register === void 0 ? now : register(request, now, now.register, probe, ports);
	};
	return withLock("binfmt", work, {
		...ports.signal === void 0 ? {} : { signal: ports.signal },
		onWait: (owner) => ports.log.info(`waiting for ${owner}, which registers emulators`)
	});
}
async function register(request, plan, { command, image, mount, replaces }, probe, ports) {
	const { exec, log } = ports;
	const instead = replaces.length === 0 ? "" : `, in place of ${replaces.join(", ")}`;
	log.info(`registering emulators with ${image}${instead}`);
	if (mount !== void 0) await mountBinfmtMisc(mount, ports);
	let failure;
	let output = {
		stdout: "",
		stderr: ""
	};
	try {
		output = await exec(command);
	} catch (error) {
		if (!(error instanceof ExecError)) throw error;
		failure = error;
		output = error;
	}
	const said = [output.stdout, output.stderr].map((text) => text.trim()).join("\n").replaceAll(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /gm, "").trim();
	log.debug(said);
	const facts = await probe();
	const isElsewhere = facts.binfmt === void 0;
	const status = parseBinfmtStatus(output.stdout);
	const platforms = plan.platforms.map((emulation) => {
		if (emulation.kind !== "register") return emulation;
		const { platform } = emulation;
		if (!isElsewhere) return emulationOf(platform, request, facts);
		return status?.emulators.includes(entryName(platform.architecture)) ?? failure === void 0 ? {
			platform,
			kind: "registered"
		} : emulation;
	});
	const failed = platforms.filter(({ kind }, i) => plan.platforms[i]?.kind === "register" && kind !== "registered" && kind !== "native");
	if (failed.length === 0) return {
		...plan,
		platforms,
		register: void 0
	};
	const obstacle = obstacleIn(said, facts);
	if (request.mode === "auto" && obstacle !== void 0) {
		log.warning(`no emulator could be registered: ${obstacle}; BuildKit's own are used instead`);
		return {
			...plan,
			platforms: platforms.map((each) => failed.includes(each) ? {
				platform: each.platform,
				kind: "embedded"
			} : each),
			register: void 0
		};
	}
	const error = registrationError(image, failed, {
		failure,
		said,
		facts
	});
	if (plan.required || failure !== void 0) throw error;
	log.warning(error.message);
	return {
		...plan,
		platforms,
		register: void 0
	};
}
function obstacleIn(said, facts) {
	if (isReadOnlyFileSystem(said)) return `${binfmtMiscFolder} is read-only (${lastLine(said)})`;
	if (isPrivilegeRefused(said)) return `privileged containers are refused here (${lastLine(said)})`;
	return hasVanished(facts) ? "it was gone again when the container ended, as binfmt_misc is not mounted here" : void 0;
}
function isReadOnlyFileSystem(said) {
	return /read-only file system/i.test(said);
}
function hasVanished({ binfmt }) {
	return binfmt !== void 0 && binfmt.state !== "mounted";
}
async function mountBinfmtMisc(mount, { exec, log }) {
	try {
		await exec(mount);
		log.info(`mounted binfmt_misc, without which what is registered goes away again: ${formatCommand(mount)}`);
	} catch (error) {
		if (!(error instanceof ExecError)) throw error;
		log.debug(error.message);
	}
}
function registrationError(image, failed, { facts, failure, said }) {
	const what = `no emulator for ${failed.map(({ platform }) => formatPlatform(platform)).join(", ")} could be registered with ${image}`;
	if (failure !== void 0) return new WorkError(what, {
		cause: failure,
		fix: registrationAdvice(said) ?? dockerRunAdvice(said)
	});
	const broken = failed.filter((each) => each.kind === "broken");
	if (broken.length > 0) return new WorkError(`${what}: ${broken.map(({ platform, cause }) => `${formatPlatform(platform)}: ${cause}`).join("; ")}`, { fix: [...new Set(broken.map(({ fix }) => fix))].join("; ") });
	const lines = said.split("\n").filter((line) => isComplaint(line, failed));
	if (lines.length > 0) return new WorkError(`${what}: ${lines.join("; ")}`, { fix: registrationAdvice(said) ?? "name another binfmt-image that has it, or leave the platform out" });
	if (hasVanished(facts)) return new WorkError(`${what}: it was gone again when the container ended, as binfmt_misc is not mounted on this machine`, { fix: `sudo mount -t binfmt_misc binfmt_misc ${binfmtMiscFolder}` });
	return new WorkError(`${what}: it ended well, but has not registered it`, { fix: "name another binfmt-image that has it, or leave the platform out" });
}
function isComplaint(line, failed) {
	const installing = /^installing: (\S+) (.*)$/.exec(line);
	if (installing === null) return /\berror\b|cannot|unsupported/i.test(line);
	return installing[2] !== "OK" && failed.some(({ platform }) => platform.architecture === installing[1]);
}
function registrationAdvice(said) {
	if (isReadOnlyFileSystem(said)) return `${binfmtMiscFolder} is mounted read-only: sudo mount -o remount,rw ${binfmtMiscFolder}, or emulation: embedded`;
	return isPrivilegeRefused(said) ? "privileged containers are refused here: use emulation embedded, or register QEMU on the machine (qemu-user-static)" : void 0;
}
function lastLine(text) {
	return text.split("\n").at(-1) ?? "";
}
// src/steps/setup/emulation.ts
async function registerPlanned({ isLocal, plan, request }, mirrors, { exec, log, signal }) {
	if (plan.register === void 0 || request.engine === void 0) return plan;
	const options = {
		engine: request.engine,
		mirrors,
		exec,
		log,
		signal
	};
	const { reference } = await provideImage(plan.register.image, options);
	const probe = () => probeEmulation(request, { isLocal }, exec);
	return registerEmulators({
		...request,
		image: reference
	}, plan, probe, {
		exec,
		log,
		signal
	});
}
async function provePlanned({ request }, plan, place, workers, ports) {
	for (const each of plan.platforms) if (each.kind === "embedded" && each.because !== void 0) ports.log.warning(`${formatPlatform(each.platform)} is left to BuildKit's own QEMU: ${each.because}`);
	const [proved, listed] = await Promise.all([proveEmulation(plan, request.hostArchitecture, place, ports.exec), workers]);
	if (plan.required) requireListed(requireProved(proved), listed);
	return proved;
}
function requireListed(wanted, listed) {
	const missing = wanted.filter((platform) => !listed.some((one) => samePlatform(one, platform)));
	if (missing.length === 0) return;
	throw new WorkError(`BuildKit can't build for ${missing.map(formatPlatform).join(", ")} here; it can for ` + listed.map(formatPlatform).join(", "), { fix: "leave these platforms out, or add a daemon that builds them with endpoint" });
}
// src/buildkit/own-buildctl.ts
async function useOwnBuildctl(path, { cwd, exec }) {
	const program = resolve(cwd, path);
	const wrong = (why, fix, cause) => new WorkError(`buildctl-path: ${program} ${why}`, {
		fix,
		cause
	});
	const found = await stat(program).catch(() => void 0);
	if (found === void 0) throw wrong("is not there", "check the path, or leave buildctl-path out");
	if (!found.isFile()) throw wrong("is not a file", "name the program itself, not its folder");
	try {
		await access(program, constants.X_OK);
	} catch (error) {
		throw wrong("may not be run", `chmod +x ${program}`, error);
	}
	let said;
	try {
		said = (await exec({
			program,
			args: ["--version"]
		})).stdout;
	} catch (error) {
		if (!(error instanceof WorkError)) throw error;
		throw wrong("does not run here", "is it built for this machine's architecture?", error instanceof ExecError ? error : error.cause);
	}
	const [, version] = /^buildctl\s+\S+\s+(\S+)/m.exec(said) ?? [];
	if (version === void 0) throw wrong(`is not buildctl: it answers ${JSON.stringify(said.trim().slice(0, 100))}`, "check the path");
	return {
		path: program,
		version
	};
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
// src/download.ts
var DownloadError = class extends WorkError {
	name = "DownloadError";
	status;
	constructor(message, options = {}) {
		super(message, options);
		this.status = options.status;
	}
};
const maxFileBytes = 314572800;
const maxTextBytes = 16777216;
const writeBytes = 1048576;
const timeLimit = 18e5;
const progressMilliseconds = 5e3;
function createDownloads({ env, log, signal, clock: given }) {
	const clock = {
		now: () => performance.now(),
		wallClock: () => Date.now(),
		sleep: (duration) => setTimeout$1(duration, void 0, signal === void 0 ? {} : { signal }).catch(() => {}),
		random: () => Math.random(),
		...given
	};
	let opened;
	const connect = async () => {
		const [{ createTransport }, { createSender }] = await Promise.all([import("./transport.js"), import("./sender.js")]);
		const transport = createTransport({ env });
		return {
			send: createSender(transport, clock, log),
			close: transport.close
		};
	};
	const request = async (method, text, rest) => {
		opened ??= connect();
		const { send } = await opened;
		const { url, headers } = withoutLogin(text);
		signal?.throwIfAborted();
		try {
			return await send({
				method,
				url,
				headers,
				timeLimit,
				...rest,
				...signal === void 0 ? {} : { signal }
			});
		} catch (error) {
			if (!(error instanceof WorkError) || error.name !== "RegistryError") throw error;
			throw new DownloadError(error.message, {
				cause: error.cause,
				fix: error.fix
			});
		}
	};
	const get = async (url, rest) => {
		const sent = await request("GET", url, rest);
		const { status } = sent.response;
		if (status === 200) return sent;
		throw new DownloadError(`GET ${plain(url)} answered ${status}${again(sent.tries)}`, {
			status,
			fix: statusFix(status)
		});
	};
	return {
		file: async (url, path) => {
			let downloaded = {
				sha256: "",
				size: 0
			};
			try {
				await get(url, {
					maxBytes: maxFileBytes,
					receive: async (body, header) => {
						downloaded = await writeHashed(body, path, createProgress(basename(path), Number(header("content-length")), clock, log));
					}
				});
			} catch (error) {
				await rm(path, { force: true }).catch(() => {});
				throw error;
			}
			return downloaded;
		},
		text: async (url) => new TextDecoder().decode((await get(url, { maxBytes: maxTextBytes })).response.bytes),
		has: async (url) => {
			const { status } = (await request("HEAD", url, { maxBytes: 0 })).response;
			return status >= 200 && status < 300;
		},
		close: async () => {
			if (opened !== void 0) await (await opened).close();
		}
	};
}
async function writeHashed(body, path, progress) {
	const hash = createHash("sha256");
	const file = await writing(path, () => open(path, "w", 384));
	let size = 0;
	let pending = [];
	let pendingSize = 0;
	const flush = async () => {
		const pieces = pending;
		pending = [];
		pendingSize = 0;
		if (pieces.length > 0) await writing(path, () => file.writeFile(Buffer.concat(pieces)));
	};
	try {
		for await (const chunk of body) {
			hash.update(chunk);
			size += chunk.length;
			pending.push(chunk);
			pendingSize += chunk.length;
			if (pendingSize >= writeBytes) await flush();
			progress(size);
		}
		await flush();
	} finally {
		await file.close();
	}
	return {
		sha256: hash.digest("hex"),
		size
	};
}
async function writing(path, work) {
	try {
		return await work();
	} catch (error) {
		throw await explainWriteError(error, path);
	}
}
function createProgress(name, total, clock, log) {
	let next = clock.now() + progressMilliseconds;
	const of = total > 0 ? ` of ${megabytes(total)}` : "";
	return (size) => {
		if (clock.now() < next) return;
		next = clock.now() + progressMilliseconds;
		log.info(`downloading ${name}: ${megabytes(size)}${of} MB`);
	};
}
function megabytes(bytes) {
	return (bytes / 1e6).toFixed(0);
}
function withoutLogin(text) {
	const url = new URL(text);
	const { username, password } = url;
	if (username === "" && password === "") return {
		url,
		headers: {}
	};
	url.username = "";
	url.password = "";
	return {
		url,
		headers: { authorization: `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64")}` }
	};
}
function plain(text) {
	const url = new URL(text);
	return `${url.protocol}//${url.host}${url.pathname}`;
}
function again(tries) {
	return tries > 1 ? ` after ${tries} tries` : "";
}
function statusFix(status) {
	if (status === 401 || status === 403) return "the server refuses: does it want a login, or a proxy?";
	if (status === 407) return "the proxy wants a login: put it in HTTPS_PROXY as http://user:password@host";
	if (status === 404) return "check the version and the address";
	return status === 429 || status >= 500 ? "run again later, or use another mirror" : void 0;
}
// src/buildkit/release-archive.ts
const programLimit = 314572800;
const pieceBytes = 1048576;
const memberPattern = /^(?:\.\/)?bin\/([A-Za-z0-9][\w.-]*)$/;
async function unpackPrograms(archive, folder, wanted) {
	const { extract } = await import("./tar-stream.js").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
	const taken = [];
	const entries = extract();
	pipeline(createReadStream(archive, { highWaterMark: pieceBytes }), createGunzip({ chunkSize: pieceBytes }), entries).catch(() => {});
	try {
		for await (const entry of entries) {
			const { name, type, size } = entry.header;
			const [, program] = memberPattern.exec(name) ?? [];
			if (program === void 0 || type !== "file" || wanted !== "all" && !wanted.includes(program)) {
				entry.resume();
				continue;
			}
			if (taken.includes(program)) throw new WorkError(`${archive} holds ${name} twice`);
			if (size > programLimit) throw new WorkError(`${name} in ${archive} is larger than 300 MiB`);
			await writeProgram(entry, join(folder, program));
			taken.push(program);
			if (wanted !== "all" && taken.length === wanted.length) break;
		}
	} catch (error) {
		if (error instanceof WorkError) throw error;
		throw new WorkError(`${archive} is not a .tar.gz that can be read`, { cause: error });
	}
	return taken;
}
async function writeProgram(entry, path) {
	const partial = `${path}.partial`;
	try {
		await pipeline(entry, createWriteStream(partial, {
			flags: "wx",
			mode: 384
		}));
		await chmod(partial, 493);
		await rename(partial, path);
	} catch (error) {
		throw await explainWriteError(error, path);
	}
}
// src/buildkit/release-record.ts
const recordName = "multiarch.json";
const trusts = [
	"given",
	"known",
	"provenance",
	"none"
];
async function writeRecord(folder, names, origin) {
	const digests = await Promise.all(names.map((name) => sha256Of(join(folder, name))));
	const programs = Object.fromEntries(names.map((name, index) => [name, digests[index] ?? ""]));
	const record = {
		...origin,
		programs
	};
	await writeFile(join(folder, recordName), `${JSON.stringify(record, null, 2)}\n`, { flag: "wx" });
	return record;
}
async function checkRecord(folder) {
	const record = await readRecord(folder);
	if (record === void 0) return { wrong: "it has no record of what was verified" };
	const names = Object.keys(record.programs);
	const strangers = (await readdir(folder)).filter((name) => name !== recordName && !names.includes(name));
	if (strangers.length > 0) return { wrong: `${strangers.join(", ")} did not come with the release` };
	const found = await Promise.all(names.map(async (name) => await programSha256(join(folder, name)) === record.programs[name]));
	const changed = names.filter((_, index) => found[index] !== true);
	return changed.length === 0 ? { record } : { wrong: `${changed.join(", ")} changed since it was verified` };
}
async function readRecord(folder) {
	try {
		const value = JSON.parse(await readFile(join(folder, recordName), "utf8"));
		if (value === null || typeof value.trust !== "string" || !trusts.includes(value.trust)) return void 0;
		const { archive, programs } = value;
		return typeof archive === "string" && typeof programs === "object" && programs !== null ? {
			trust: value.trust,
			archive,
			programs
		} : void 0;
	} catch {
		return;
	}
}
async function programSha256(path) {
	try {
		const { mode } = await lstat(path);
		const isProgram = (mode & constants.S_IFMT) === constants.S_IFREG;
		const isExecutable = process.platform === "win32" || (mode & 73) !== 0;
		return isProgram && isExecutable ? await sha256Of(path) : void 0;
	} catch {
		return;
	}
}
async function sha256Of(path) {
	const hash = createHash("sha256");
	const file = await open(path);
	try {
		const piece = Buffer.allocUnsafe(1048576);
		for (;;) {
			const { bytesRead } = await file.read(piece, 0, piece.length);
			if (bytesRead === 0) return hash.digest("hex");
			hash.update(piece.subarray(0, bytesRead));
		}
	} finally {
		await file.close();
	}
}
// src/buildkit/release-digests.ts
const knownDigests = {
	"buildkit-v0.32.2.linux-amd64": "2975d0f651ad96ba8b80b9992ae1f9a964f4408569af5b6dc36544165c3926af",
	"buildkit-v0.32.2.linux-arm64": "9e8f46bf309ec0ab262967be5538a4dbe06be756a82621f98253933bac5dcf92"
};
// src/buildkit/release.ts
const releaseHost = "https://github.com";
const architectures = {
	x64: "amd64",
	arm64: "arm64",
	arm: "arm-v7",
	s390x: "s390x",
	ppc64: "ppc64le",
	riscv64: "riscv64"
};
const systems = {
	linux: {
		name: "linux",
		programs: [
			"buildctl",
			"buildkitd",
			"buildkit-runc"
		]
	},
	darwin: {
		name: "darwin",
		programs: ["buildctl"]
	},
	win32: {
		name: "windows",
		programs: ["buildctl", "buildkitd"]
	}
};
function releaseAsset(options) {
	const system = systems[options.platform];
	const architecture = architectures[options.arch];
	if (system === void 0 || architecture === void 0) return void 0;
	const stem = `buildkit-${options.version}.${system.name}-${architecture}`;
	const mirror = (options.mirror || releaseHost).replace(/\/+$/, "");
	const folder = `${mirror}/moby/buildkit/releases/download/${options.version}`;
	const sha256 = mirror === releaseHost ? knownDigests[stem] : void 0;
	return {
		name: `${stem}.tar.gz`,
		url: `${folder}/${stem}.tar.gz`,
		provenanceUrl: `${folder}/${stem}.provenance.json`,
		suffix: system.name === "windows" ? ".exe" : "",
		programs: system.programs,
		...sha256 === void 0 ? {} : { sha256 }
	};
}
function provenanceSha256(text, file) {
	let statement;
	try {
		statement = JSON.parse(text);
		if (typeof statement?.payload === "string") statement = JSON.parse(Buffer.from(statement.payload, "base64").toString("utf8"));
	} catch (error) {
		throw new WorkError(`the provenance of ${file} is not JSON`, { cause: error });
	}
	const sha256 = (Array.isArray(statement?.subject) ? statement.subject : []).find((subject) => subject?.name === file)?.digest?.sha256;
	if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) throw new WorkError(`the provenance of the release says nothing about ${file}`);
	return sha256;
}
// src/buildkit/release-programs.ts
var ReleaseUnavailableError = class extends WorkError {
	name = "ReleaseUnavailableError";
};
const speakers = {
	given: "buildctl-sha256",
	known: "the digest that is known here",
	provenance: "the release's provenance",
	none: "nobody"
};
async function obtainReleasePrograms(asset, options) {
	const { tools, set, arch } = options;
	const key = {
		tool: set,
		version: options.version.replace(/^v/, ""),
		arch
	};
	const early = await findCached(asset, key, options);
	if (early !== void 0) return early;
	return tools.exclusively(key, async () => {
		return (tools.find(key) === void 0 ? void 0 : await findCached(asset, key, quiet(options))) ?? tools.downloading((downloads) => obtain(asset, key, options, downloads));
	});
}
function quiet(options) {
	return {
		...options,
		log: {
			debug: () => {},
			info: () => {},
			warning: () => {}
		}
	};
}
async function findCached(asset, key, options) {
	const { log, tools } = options;
	const folder = tools.find(key);
	if (folder === void 0) return void 0;
	const checked = await checkRecord(folder);
	if ("wrong" in checked) {
		log.warning(`${folder} in the tool cache is not used, but replaced: ${checked.wrong}`);
		return;
	}
	const why = distrust(checked.record, asset, options);
	if (why !== void 0) {
		log.info(`${folder} in the tool cache is replaced: ${why}`);
		return;
	}
	log.debug(`${folder} in the tool cache is as it was verified`);
	return programsIn(folder, asset, checked.record, true);
}
function distrust(record, asset, options) {
	const { sha256, trust } = statedDigest(asset, options) ?? {};
	if (sha256 !== void 0 && trust !== void 0 && record.archive !== sha256) return `it is from another archive than ${speakers[trust]} says`;
	const missing = neededPrograms(asset, options).filter((name) => record.programs[name] === void 0);
	if (missing.length > 0) return `it has no ${missing.join(", ")}`;
	return record.trust !== "none" || sha256 !== void 0 || options.allowUnverified === true ? void 0 : "nobody vouched for its digest";
}
function statedDigest(asset, options) {
	if (options.sha256 !== void 0 && options.sha256 !== "") return {
		trust: "given",
		sha256: options.sha256
	};
	return asset.sha256 === void 0 ? void 0 : {
		trust: "known",
		sha256: asset.sha256
	};
}
function neededPrograms(asset, { set }) {
	return (set === "buildctl" ? ["buildctl"] : asset.programs).map((name) => name + asset.suffix);
}
function programsIn(folder, asset, record, cached) {
	const plainName = (name) => asset.suffix !== "" && name.endsWith(asset.suffix) ? name.slice(0, -asset.suffix.length) : name;
	const paths = Object.keys(record.programs).map((name) => [plainName(name), join(folder, name)]);
	return {
		folder,
		paths: Object.fromEntries(paths),
		trust: record.trust,
		cached
	};
}
async function obtain(asset, key, options, downloads) {
	const { tools, log } = options;
	const expected = statedDigest(asset, options) ?? await provenanceDigest(asset, options, downloads);
	return tools.inTemporaryFolder(async (temporary) => {
		const archive = join(temporary, asset.name);
		log.info(`downloading ${plain(asset.url)}`);
		const { sha256 } = await downloadVerified(asset, archive, {
			expected,
			downloads,
			log
		});
		const { trust } = expected;
		log.debug(`${asset.name} has the sha256 ${sha256}, as ${speakers[trust]} says`);
		return unpackAndKeep(archive, key, asset, options, {
			trust,
			archive: sha256
		});
	});
}
async function provenanceDigest(asset, { allowUnverified = false, log }, downloads) {
	try {
		return {
			trust: "provenance",
			sha256: provenanceSha256(await downloads.text(asset.provenanceUrl), asset.name)
		};
	} catch (error) {
		if (!(error instanceof WorkError)) throw error;
		if (error instanceof DownloadError && !await answersFor(asset, error, downloads)) throw unavailable(asset, error);
		if (allowUnverified) {
			log.warning(`${asset.name} is taken without verification, as allow-unverified says: ${error.message}`);
			return { trust: "none" };
		}
		throw new WorkError(`nothing says what ${plain(asset.url)} must be, so it is not downloaded`, {
			cause: error,
			fix: "give its digest as buildctl-sha256, or set allow-unverified to take it as it comes"
		});
	}
}
async function answersFor(asset, error, downloads) {
	return error.status !== void 0 && [
		401,
		403,
		404,
		410
	].includes(error.status) && await downloads.has(asset.url).catch(() => false);
}
async function downloadVerified(asset, archive, { expected, downloads, log }) {
	for (let tries = 1;; tries++) {
		let downloaded;
		try {
			downloaded = await downloads.file(asset.url, archive);
		} catch (error) {
			throw error instanceof DownloadError ? unavailable(asset, error) : error;
		}
		if (expected.sha256 === void 0 || downloaded.sha256 === expected.sha256) return downloaded;
		const page = await startsLikePage(archive) ? ", and looks like a web page" : "";
		const what = `${plain(asset.url)} is not what ${speakers[expected.trust]} says: sha256 ${downloaded.sha256} instead of ${expected.sha256}${page}`;
		if (tries === 2) throw new WorkError(what, { fix: mismatchFix[expected.trust] });
		log.warning(`${what}; downloading it once more`);
	}
}
const mismatchFix = {
	given: "check buildctl-sha256, which is the digest of the whole archive for this machine's platform",
	known: "do not use this download: something between here and GitHub changes it",
	provenance: "do not use this download: check download-mirror, or report it to the mirror's owner",
	none: ""
};
async function startsLikePage(path) {
	const file = await open(path);
	try {
		const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
		return /^\s*<(?:!doctype|html|head|\?xml)/i.test(buffer.toString("latin1", 0, bytesRead));
	} finally {
		await file.close();
	}
}
async function unpackAndKeep(archive, key, asset, options, origin) {
	const { set, tools } = options;
	return tools.inTemporaryFolder(async (folder) => {
		const needed = neededPrograms(asset, options);
		const names = await unpackPrograms(archive, folder, set === "buildctl" ? needed : "all");
		const missing = needed.filter((name) => !names.includes(name));
		if (missing.length > 0) throw new WorkError(`${asset.name} holds no ${missing.join(", ")}`);
		const { programs } = await writeRecord(folder, names, origin);
		return programsIn(await tools.keep(key, folder), asset, {
			trust: origin.trust,
			programs
		}, false);
	});
}
function unavailable(asset, error) {
	return new ReleaseUnavailableError(error.status === 404 ? `there is no ${asset.name} at ${plain(asset.url)}` : "the BuildKit release can't be reached", {
		cause: error,
		fix: error.fix
	});
}
// src/tools.ts
const lockMilliseconds = 24e5;
const silent = {
	debug: () => {},
	info: () => {},
	warning: () => {}
};
function createTools(env, options = {}) {
	const { log = silent, signal, clock } = options;
	const root = resolve(env["RUNNER_TOOL_CACHE"] || join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "multiarch", "tools"));
	const folderOf = ({ tool, version, arch }) => join(root, tool, version, arch);
	const quietly = async (work) => env["GITHUB_ACTIONS"] === "true" ? work() : withoutStdout(work);
	const writing = async (path, work) => {
		try {
			return await work();
		} catch (error) {
			throw await explainWriteError(error, path);
		}
	};
	const forget = async (key) => {
		const folder = folderOf(key);
		await rm(`${folder}.complete`, { force: true });
		await rm(folder, {
			recursive: true,
			force: true
		});
	};
	return {
		folderOf,
		find: (key) => {
			const folder = folderOf(key);
			return existsSync(folder) && existsSync(`${folder}.complete`) ? folder : void 0;
		},
		keep: (key, folder) => writing(folderOf(key), async () => {
			await mkdir(dirname(folderOf(key)), { recursive: true });
			const { cacheDir } = await import("./tool-cache.js");
			try {
				return await quietly(() => withToolCache(root, () => cacheDir(folder, key.tool, key.version, key.arch)));
			} catch (error) {
				await forget(key).catch(() => {});
				throw error;
			}
		}),
		forget,
		exclusively: (key, work) => {
			return withLock(`tool-${createHash("sha256").update(folderOf(key)).digest("hex").slice(0, 16)}`, work, {
				milliseconds: lockMilliseconds,
				onWait: (owner) => log.info(`waiting for ${owner}, which is getting ${key.tool}`),
				...signal === void 0 ? {} : { signal }
			});
		},
		inTemporaryFolder: async (work) => {
			const parent = env["RUNNER_TEMP"] || tmpdir();
			const folder = await writing(join(parent, `multiarch-tools-${randomUUID()}`), async () => {
				await mkdir(parent, { recursive: true });
				return mkdtemp(join(parent, "multiarch-tools-"));
			});
			try {
				return await work(folder);
			} finally {
				await rm(folder, {
					recursive: true,
					force: true
				});
			}
		},
		downloading: async (work) => {
			const downloads = createDownloads({
				env,
				log,
				signal,
				clock
			});
			try {
				return await work(downloads);
			} finally {
				await downloads.close();
			}
		}
	};
}
async function withToolCache(root, work) {
	const before = process.env["RUNNER_TOOL_CACHE"];
	process.env["RUNNER_TOOL_CACHE"] = root;
	try {
		return await work();
	} finally {
		if (before === void 0) delete process.env["RUNNER_TOOL_CACHE"];
		else process.env["RUNNER_TOOL_CACHE"] = before;
	}
}
let muted = 0;
async function withoutStdout(work) {
	if (muted === 0) process.stdout.write = () => true;
	muted += 1;
	try {
		return await work();
	} finally {
		muted -= 1;
		if (muted === 0) Reflect.deleteProperty(process.stdout, "write");
	}
}
// src/steps/setup/provide-buildctl.ts
async function provideBuildctl(plan, folder, copyFromContainer, ports) {
	const { asset, fitsContainer, ownPath, version } = plan;
	if (ownPath !== "") return useOwnBuildctl(ownPath, ports);
	const canCopy = copyFromContainer !== void 0 && fitsContainer;
	if (asset !== void 0) try {
		const { paths } = await obtainPrograms(plan, "buildctl", ports);
		return {
			path: paths["buildctl"] ?? "",
			version
		};
	} catch (error) {
		if (!(error instanceof ReleaseUnavailableError) || !canCopy) throw error;
		ports.log.warning(`${describeError(error)}\nbuildctl is copied out of the BuildKit container instead`);
	}
	if (!canCopy) throw new WorkError(`BuildKit ${version} has no buildctl for ${process.platform} on ${plan.arch}`, { fix: "name one that you have with buildctl-path" });
	const path = join(folder, "buildctl");
	await mkdir(folder, {
		recursive: true,
		mode: 448
	});
	await copyFromContainer(path);
	await chmod(path, 493);
	return {
		path,
		version
	};
}
function obtainPrograms(plan, set, { env, log, signal }) {
	const { allowUnverified, arch, asset, sha256, version } = plan;
	if (asset === void 0) throw new WorkError(`BuildKit ${version} has no build for ${process.platform} on ${arch}`);
	return obtainReleasePrograms(asset, {
		set,
		version,
		arch,
		tools: createTools(env, {
			log,
			signal
		}),
		sha256,
		allowUnverified,
		log
	});
}
// src/steps/setup/execute.ts
async function executeSetup(plan, ports) {
	const begin = performance.now();
	const { owners, registries } = plan;
	ports.log.info(`driver ${plan.driver}: ${plan.why}`);
	const programs = once$1(() => obtainPrograms(plan.buildctl, "buildkit", ports));
	const { driver } = plan;
	const session = openDaemon(plan.daemon, {
		mirrors: plan.mirrors,
		now: plan.now,
		programs,
		onRemoval: (removal) => rememberBuilder(ports, {
			driver,
			removal,
			owner: owners.starting
		})
	}, ports);
	try {
		const registered = timed(ports, "emulators ready", async () => plan.emulation === void 0 ? void 0 : registerPlanned(plan.emulation, plan.mirrors, ports));
		const prepared = session.prepare();
		const started = timed(ports, "BuildKit answers", async () => {
			await prepared;
			return session.start();
		});
		const [{ path: buildctl, version }, endpoints, emulation] = await allOrFirstFailure([
			timed(ports, "buildctl ready", () => obtainClient(plan, session, prepared, programs, ports)),
			started,
			registered,
			"existing" in plan.daemon && plan.daemon.existing === "use" ? void 0 : session.reap()
		]);
		const [exposed, { emulators, platforms }] = await Promise.all([session.exposed(), timed(ports, "platforms proved", () => provePlatforms(plan, emulation, {
			endpoints,
			buildctl,
			place: session.place
		}, ports))]);
		const { removal = { kind: "none" } } = ports.state.read().builder ?? {};
		ports.state.update((state) => ({
			...state,
			registries
		}));
		const { architecture } = plan;
		rememberBuilder(ports, {
			driver,
			removal,
			architecture,
			endpoints,
			exposed,
			buildctl,
			owner: owners.running
		});
		return {
			driver,
			endpoints,
			exposed,
			buildctl,
			version,
			platforms,
			emulators,
			seconds: (performance.now() - begin) / 1e3
		};
	} catch (error) {
		await discard(session, plan, ports);
		throw error;
	}
}
function rememberBuilder(ports, builder) {
	const { exposed, owner, ...rest } = builder;
	ports.state.update((state) => ({
		...state,
		builder: {
			endpoints: state.builder?.endpoints ?? [],
			...rest,
			...exposed === void 0 ? {} : { exposed },
			...owner === void 0 ? {} : { owner }
		}
	}));
}
function once$1(work) {
	let result;
	return () => result ??= work();
}
async function allOrFirstFailure(work) {
	await Promise.allSettled(work);
	return Promise.all(work);
}
async function timed(ports, what, work) {
	const begin = performance.now();
	const result = await work();
	ports.log.info(`${what} (${((performance.now() - begin) / 1e3).toFixed(1)} s)`);
	return result;
}
async function obtainClient(plan, session, prepared, programs, ports) {
	if (plan.driver === "process" && plan.buildctl.ownPath === "") {
		const { paths } = await programs();
		return {
			path: paths["buildctl"] ?? "",
			version: plan.buildctl.version
		};
	}
	const { copyBuildctl } = session;
	const copy = copyBuildctl === void 0 ? void 0 : async (target) => {
		await prepared;
		await copyBuildctl(target);
	};
	return provideBuildctl(plan.buildctl, plan.folder, copy, ports);
}
function knownPlace({ daemon, emulation }) {
	if (!("existing" in daemon && daemon.existing === "use") || emulation === void 0 || !emulation.isLocal) return void 0;
	const { facts, plan } = emulation;
	return plan.platforms.every(({ kind }) => kind === "native" || kind === "registered") && plan.register === void 0 ? {
		kind: "known",
		proofs: facts.proofs
	} : void 0;
}
async function provePlatforms(plan, emulation, daemon, ports) {
	const { buildctl, endpoints, place } = daemon;
	const workers = probeEndpoints(endpoints, {
		buildctl,
		exec: ports.exec,
		signal: ports.signal
	}).then((nodes) => nodes.flatMap(({ platforms }) => platforms));
	if (plan.emulation === void 0 || emulation === void 0 || place === void 0) {
		const listed = await workers;
		requireListed(plan.platforms, listed);
		return {
			platforms: listed,
			emulators: {}
		};
	}
	const running = (await provePlanned(plan.emulation, emulation, knownPlace(plan) ?? await place(), workers, ports)).filter(({ proof }) => proof.runs || proof.reason === "not tried");
	const [own, ...listed] = await workers;
	const all = [
		...own === void 0 ? [] : [own],
		...running.map(({ platform }) => platform),
		...listed
	];
	return {
		platforms: all.filter((one, index) => all.findIndex((other) => samePlatform(one, other)) === index),
		emulators: Object.fromEntries(running.map(({ emulator, interpreter, platform }) => [formatPlatform(platform), {
			emulator,
			...interpreter === void 0 ? {} : { interpreter }
		}]))
	};
}
async function discard(session, plan, ports) {
	try {
		await session.discard();
		await rm(plan.folder, {
			recursive: true,
			force: true
		});
		ports.state.update(({ builder: _, ...state }) => state);
	} catch (error) {
		ports.log.warning(`BuildKit could not be removed: ${describeError(error)}`);
	}
}
// src/steps/setup/plan-container.ts
function planContainer(inputs, facts, options) {
	const { engine, image, folder } = options;
	const name = inputs.name === "" ? `multiarch-${facts.state.job}` : `multiarch-${inputs.name}`;
	const files = planFiles(inputs, facts, resolveRegistries(inputs.registries, facts.cwd));
	const tcp = planTcp(inputs, facts);
	const settings = {
		image,
		network: inputs.network,
		memory: inputs.memory,
		cpus: inputs.cpus,
		options: inputs.containerOptions,
		flags: inputs.buildkitdFlags,
		expose: inputs.expose,
		files
	};
	const spec = createHash("sha256").update(JSON.stringify(settings)).digest("hex").slice(0, 16);
	const existing = planExisting(name, spec, facts);
	return {
		driver: `${engine}-container`,
		files,
		existing,
		container: {
			engine,
			name,
			image,
			labels: containerLabels(facts, spec),
			...given("network", inputs.network),
			...given("memory", inputs.memory),
			...given("cpus", inputs.cpus),
			options: inputs.containerOptions,
			flags: inputs.buildkitdFlags,
			...inputs.keepState ? { volume: name } : {},
			...facts.sharesMachine ? { socket: {
				folder: `${folder}/socket`,
				...socketGroup(facts)
			} } : {},
			...files.length === 0 && tcp === void 0 ? {} : { files: `${folder}/files` },
			...tcp === void 0 ? {} : { tcp },
			hasConfig: files.some(({ path }) => path === configFile)
		},
		removal: !inputs.cleanup || existing === "use" && facts.existing?.labels[labels.job] !== facts.state.job ? { kind: "none" } : {
			kind: "container",
			engine,
			name,
			keepVolume: inputs.keepState
		}
	};
}
const configFile = "buildkitd.toml";
const tcpPort = 1234;
function planTcp(inputs, { freePort }) {
	if (inputs.expose !== "tcp") return void 0;
	const hostNetwork = inputs.network === "host";
	return {
		hostNetwork,
		port: hostNetwork ? freePort : tcpPort
	};
}
function given(key, value) {
	return value === "" ? {} : { [key]: value };
}
function socketGroup({ user }) {
	return user.uid === 0 ? {} : { group: user.gid };
}
function planFiles(inputs, facts, registries) {
	const sources = [...new Set(registries.flatMap(({ ca, cert, key }) => [
		ca,
		cert,
		key
	]))].filter((path) => path !== void 0);
	const nameOf = (source) => `registries/${sources.indexOf(source)}.pem`;
	const config = [inputs.buildkitdConfigInline || facts.config, renderRegistryToml(registries, (source) => `${filesInContainer}/${nameOf(source)}`)].filter((part) => part !== "");
	return [...config.length === 0 ? [] : [{
		path: configFile,
		text: config.join("\n")
	}], ...sources.map((source) => ({
		path: nameOf(source),
		source
	}))];
}
function planExisting(name, spec, facts) {
	const { existing, now, state } = facts;
	if (existing === void 0) return "none";
	const job = existing.labels[labels.job];
	if (job === void 0) throw new WorkError(`there is a container ${name} that is not ours`, { fix: "choose another name, or remove it" });
	if (existing.running && existing.labels[labels.spec] === spec) return "use";
	if (job === state.job || isAbandoned(existing, now)) return "replace";
	throw new WorkError(`the daemon ${name} of another job runs with other settings`, { fix: "use the same settings in both, or another name" });
}
// src/steps/setup/plan-daemon.ts
function planDaemon(inputs, facts, options) {
	const { choice, cwd } = facts;
	const { folder, image } = options;
	if (choice.engine !== void 0) return planContainer(inputs, facts, {
		engine: choice.engine.name,
		image,
		folder
	});
	if (choice.driver === "remote") return planRemoteDaemon(inputs, choice.endpoints, folder, cwd);
	return {
		driver: "process",
		folder: join(folder, "buildkitd"),
		temp: facts.temp,
		job: facts.state.job,
		flags: inputs.buildkitdFlags,
		config: [inputs.buildkitdConfigInline || facts.config, renderRegistryToml(resolveRegistries(inputs.registries, cwd), (path) => path)].filter((part) => part !== "").join("\n"),
		cleanup: inputs.cleanup
	};
}
function planRemoteDaemon(inputs, endpoints, folder, cwd) {
	return {
		driver: "remote",
		remote: planRemote({
			endpoints,
			tls: {
				ca: inputs.tlsCa,
				cert: inputs.tlsCert,
				key: inputs.tlsKey,
				serverName: inputs.tlsServerName
			},
			insecure: inputs.insecureEndpoints,
			folder,
			cwd
		})
	};
}
function describeDaemon(plan) {
	switch (plan.driver) {
		case "remote": return plan.remote.endpoints.map((endpoint) => `# uses the daemon at ${formatEndpoint(endpoint)}`);
		case "process": return [`# starts buildkitd of the BuildKit release, with its files in ${plan.folder}`];
		case "docker-container":
		case "podman-container": {
			const commands = containerCommands(plan);
			return commands.length === 0 ? [`# the daemon ${plan.container.name} is used, which runs already`] : [...commands, startCommand(plan.container)].map(formatCommand);
		}
		default: return plan;
	}
}
// src/steps/setup/plan.ts
function planSetup(inputs, facts) {
	const { architecture, choice, host, state, statePath } = facts;
	const version = inputs.buildkitVersion;
	const folder = jobFolder(statePath, state.job);
	const image = inputs.buildkitImage || `docker.io/moby/buildkit:${version}${imageDigests[version] ?? ""}`;
	return {
		driver: choice.driver,
		architecture,
		why: choice.why,
		platforms: inputs.platforms,
		emulation: planSetupEmulation(inputs, facts),
		daemon: planDaemon(inputs, facts, {
			folder,
			image
		}),
		registries: resolveRegistries(inputs.registries, facts.cwd),
		owners: {
			starting: facts.owner,
			running: inputs.cleanup ? facts.jobOwner : void 0
		},
		now: facts.now,
		folder,
		buildctl: {
			version,
			arch: host.arch,
			asset: releaseAsset({
				version,
				...host,
				mirror: inputs.downloadMirror
			}),
			sha256: inputs.buildctlSha256,
			allowUnverified: inputs.allowUnverified,
			ownPath: inputs.buildctlPath,
			fitsContainer: host.platform === "linux" && host.goArch === architecture
		},
		mirrors: inputs.imageMirrors
	};
}
const imageDigests = { "v0.32.2": "@sha256:28a898719c18a33f4e8000685287fa36fd0dd9560c6440227d3a732d79bb41d8" };
function planSetupEmulation(inputs, { architecture, choice, emulation, sharesMachine, state }) {
	if (emulation === void 0) return void 0;
	const request = {
		mode: inputs.emulation,
		platforms: inputs.platforms,
		image: inputs.binfmtImage,
		reset: inputs.reset,
		hostArchitecture: architecture,
		engine: choice.engine?.name,
		job: state.job
	};
	return {
		request,
		facts: emulation,
		plan: planEmulation(request, emulation),
		isLocal: sharesMachine
	};
}
function describeSetup(plan) {
	const { buildctl, daemon, driver, emulation, why } = plan;
	return [
		`# driver ${driver}: ${why}`,
		...emulation === void 0 ? [] : describeEmulation(emulation.plan),
		...describeDaemon(daemon),
		describeBuildctl(buildctl)
	];
}
function describeBuildctl({ asset, ownPath, version }) {
	if (ownPath !== "") return `# buildctl is ${ownPath}`;
	return asset === void 0 ? "# buildctl is copied out of the container" : `# buildctl ${version} from the tool cache or ${asset.url}`;
}
// src/steps/setup/choose-driver.ts
async function chooseDriver(inputs, ports) {
	const named = inputs.endpoint.length > 0 ? inputs.endpoint : foreignHost(ports);
	switch (inputs.driver) {
		case "docker-container": return chooseEngine("docker", "driver says so", ports);
		case "podman-container": return chooseEngine("podman", "driver says so", ports);
		case "process": return {
			driver: "process",
			endpoints: [],
			why: "driver says so"
		};
		case "remote":
			if (named.length > 0) return {
				driver: "remote",
				endpoints: named,
				why: "driver says so"
			};
			throw new WorkError("the remote driver needs the address of a daemon", { fix: "name it with endpoint, or set BUILDKIT_HOST" });
		case "auto":
			if (named.length > 0) return {
				driver: "remote",
				endpoints: named,
				why: inputs.endpoint.length > 0 ? "an endpoint is named" : "BUILDKIT_HOST is set"
			};
			return findDriver(ports);
		default: return inputs.driver;
	}
}
function foreignHost({ env, state }) {
	const address = env["BUILDKIT_HOST"] ?? "";
	const builder = state.read().builder;
	const isOurs = builder?.driver !== "remote" && builder?.endpoints[0]?.address === address;
	return address === "" || isOurs ? [] : [parseEndpoint(address)];
}
async function chooseEngine(name, why, ports) {
	const info = await probeEngine(name, ports.exec);
	return {
		driver: `${name}-container`,
		engine: {
			name,
			info
		},
		endpoints: [],
		why
	};
}
async function findDriver(ports) {
	const refusals = [];
	for (const name of ["docker", "podman"]) try {
		return await chooseEngine(name, [...refusals.map(({ message }) => message), `${name} answers`].join("; "), ports);
	} catch (error) {
		if (!(error instanceof WorkError) || ports.signal.aborted) throw error;
		refusals.push(error);
	}
	const why = refusals.map(({ message }) => message).join("; ");
	if (process.platform !== "linux") throw refusals[0] ?? new WorkError("there is no container engine");
	return {
		driver: "process",
		endpoints: [],
		why
	};
}
// src/steps/setup/probe.ts
async function probeSetup(inputs, ports) {
	const { cwd, env } = ports;
	const state = ports.state.read();
	const local = canShareMachine(env["DOCKER_HOST"]);
	const inspected = probeExisting(inputs, state, ports);
	const [choice, here, existing, freePort] = await Promise.all([
		chooseAgain(inputs, inspected, ports),
		probeEmulationHere(inputs, local, ports),
		inspected,
		inputs.expose === "tcp" && inputs.network === "host" ? findFreePort() : 0
	]);
	const isLocal = choice.driver === "docker-container" ? local : choice.driver !== "remote";
	const { gid, uid, username } = userInfo();
	return {
		choice,
		architecture: choice.engine?.info.architecture ?? goArchitecture(process.arch),
		existing,
		freePort,
		emulation: choice.driver === "remote" ? void 0 : isLocal ? here : unknownEmulation(here),
		sharesMachine: isLocal,
		host: {
			platform: process.platform,
			arch: process.arch,
			goArch: goArchitecture(process.arch)
		},
		user: {
			name: username,
			uid,
			gid
		},
		owner: ownerOf(process.pid),
		jobOwner: ports.jobProcess === void 0 ? void 0 : ownerOf(ports.jobProcess),
		run: env["GITHUB_RUN_ID"] ?? env["CI_JOB_ID"] ?? env["TRAVIS_JOB_ID"] ?? env["BUILD_TAG"] ?? "",
		now: Date.now(),
		cwd,
		temp: tmpdir(),
		state,
		statePath: ports.state.path,
		config: inputs.buildkitdConfig === "" ? "" : readFileSync(resolve(cwd, inputs.buildkitdConfig), "utf8")
	};
}
async function chooseAgain(inputs, inspected, ports) {
	const { builder } = ports.state.read();
	const canAgree = inputs.driver === "auto" || inputs.driver === builder?.driver;
	const isFree = inputs.endpoint.length === 0 && canAgree;
	if (builder?.removal.kind === "container" && builder.architecture !== void 0 && isFree) {
		const { architecture, driver, removal } = builder;
		if ((await inspected)?.running === true) return {
			driver,
			engine: {
				name: removal.engine,
				info: {
					version: "",
					architecture
				}
			},
			endpoints: [],
			why: "a daemon of this job runs"
		};
	}
	return chooseDriver(inputs, ports);
}
async function probeExisting(inputs, state, { exec }) {
	const removal = state.builder?.removal;
	const earlier = removal?.kind === "container" ? removal.name : void 0;
	const name = inputs.name === "" ? earlier : `multiarch-${inputs.name}`;
	const engine = removal?.kind === "container" ? removal.engine : engineOf(inputs.driver);
	return name === void 0 || engine === void 0 ? void 0 : inspectDaemon({
		engine,
		name
	}, exec);
}
function findFreePort() {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once("error", reject);
		server.listen(0, "127.0.0.1", () => {
			const address = server.address();
			server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
		});
	});
}
function engineOf(driver) {
	if (driver === "podman-container") return "podman";
	return driver === "docker-container" || driver === "auto" ? "docker" : void 0;
}
function probeEmulationHere({ emulation: mode, platforms }, isLocal, { exec }) {
	return probeEmulation({
		mode,
		platforms,
		hostArchitecture: goArchitecture(process.arch)
	}, { isLocal }, exec);
}
function unknownEmulation({ isRoot }) {
	return {
		binfmt: void 0,
		proofs: {},
		isRoot
	};
}
function canShareMachine(dockerHost) {
	const address = dockerHost === void 0 || dockerHost === "" ? "unix://" : dockerHost;
	return process.platform === "linux" && address.startsWith("unix://");
}
function goArchitecture(arch) {
	return {
		x64: "amd64",
		ia32: "386",
		ppc64: "ppc64le"
	}[arch] ?? arch;
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
	check: (inputs, { cwd }) => [
		...repeatedPlatforms("platforms", inputs.platforms),
		...missingRegistryFiles(inputs.registries, cwd),
		...inputs.buildkitdConfig === "" || existsSync(resolve(cwd, inputs.buildkitdConfig)) ? [] : [`buildkitd-config: there is no file ${inputs.buildkitdConfig}`],
		...inputs.buildkitdConfig !== "" && inputs.buildkitdConfigInline !== "" ? ["buildkitd-config and buildkitd-config-inline are given both: one of them is enough"] : [],
		...inputs.keepState && inputs.name === "" ? ["keep-state needs a name, by which the next run finds the cache"] : []
	],
	probe: probeSetup,
	plan: planSetup,
	describe: describeSetup,
	foresee: ({ daemon, driver }, { state }) => state.update((before) => ({
		...before,
		builder: {
			driver,
			removal: { kind: "none" },
			endpoints: foreseenEndpoints(daemon),
			buildctl: "buildctl"
		}
	})),
	execute: executeSetup,
	report: ({ buildctl, driver, emulators, endpoints, exposed, platforms, seconds, version }) => ({
		outputs: {
			"buildkit-host": endpoints[0]?.address ?? "",
			driver,
			platforms: platforms.map(formatPlatform).join(","),
			emulators: JSON.stringify(emulators),
			buildctl,
			version,
			...exposed?.tls?.cert === void 0 ? {} : {
				"tcp-endpoint": exposed.address,
				"tls-folder": dirname(exposed.tls.cert),
				"buildx-arguments": buildxArguments(exposed, "multiarch").map(shellQuote).join(" ")
			}
		},
		variables: { BUILDKIT_HOST: endpoints[0]?.address ?? "" },
		paths: [dirname(buildctl)],
		lines: [`BuildKit at ${endpoints.map(({ address }) => address).join(", ")} after ${seconds.toFixed(1)} s; it builds ` + platforms.map(formatPlatform).join(", ")]
	})
};
function foreseenEndpoints(daemon) {
	if (daemon.driver === "remote") return daemon.remote.endpoints;
	if (daemon.driver === "process") return [{ address: `unix://${daemon.folder}/buildkitd.sock` }];
	return [{ address: containerAddress(daemon.container) }];
}
// src/steps/build/check.ts
function buildPaths(inputs, cwd) {
	const context = resolve(cwd, inputs.context);
	return {
		context,
		file: inputs.file === "" ? join(context, "Dockerfile") : resolve(cwd, inputs.file)
	};
}
function checkBuild(inputs, { cwd, env }) {
	const { context, file } = buildPaths(inputs, cwd);
	return [
		...repeatedPlatforms("platforms", inputs.platforms),
		...missingRegistryFiles(inputs.registries, cwd),
		...checkPaths(inputs, context, file),
		...inputs.buildArgs.filter((argument) => !argument.includes("=") && env[argument] === void 0).map((name) => `build-args: ${name} has no value, and there is no environment variable ${name}`)
	];
}
function checkPaths(inputs, context, file) {
	const contextStat = statSync(context, { throwIfNoEntry: false });
	if (contextStat === void 0) return [`context: there is no folder ${inputs.context} (${context})`];
	if (!contextStat.isDirectory()) return [`context: ${inputs.context} is not a folder`];
	const fileStat = statSync(file, { throwIfNoEntry: false });
	if (fileStat === void 0) return [inputs.file === "" ? `file: there is no Dockerfile in ${inputs.context}; name it with file` : `file: there is no file ${inputs.file} (${file})`];
	return fileStat.isFile() ? [] : [`file: ${inputs.file || file} is not a file`];
}
// src/buildkit/buildctl.ts
function solveCommand(solve) {
	const { buildctl, endpoint, platform, context, file, target, buildArgs, repositories, metadataFile } = solve;
	return {
		program: buildctl,
		args: [
			...endpointArguments(endpoint),
			"build",
			"--progress=rawjson",
			"--frontend=dockerfile.v0",
			`--local=context=${context}`,
			`--local=dockerfile=${dirname(file)}`,
			`--opt=filename=${basename(file)}`,
			`--opt=platform=${formatPlatform(platform)}`,
			...target === void 0 ? [] : [`--opt=target=${target}`],
			...buildArgs.map((argument) => `--opt=build-arg:${argument}`),
			`--output=${imageOutput(repositories)}`,
			...authTlsArguments(solve.registries),
			`--metadata-file=${metadataFile}`
		]
	};
}
function imageOutput(repositories) {
	return formatCsv([
		"type=image",
		`name=${repositories.map(formatReference).join(",")}`,
		"push=true",
		"push-by-digest=true",
		"name-canonical=true"
	]);
}
// src/buildkit/failure.ts
const advice = [
	[/exec format error/i, (platform) => `nothing here runs programs for ${platform}: run setup with this platform, which registers QEMU`],
	[/qemu: uncaught target signal|signal: (segmentation fault|illegal instruction)/i, (platform) => `QEMU crashed on ${platform}: try another binfmt-image, or a machine that runs ${platform} itself`],
	[/no match for platform in manifest|does not provide the specified platform|no matching manifest/i, (platform) => `the base image has no ${platform}: choose one that has, or leave the platform out`],
	[/insufficient_scope|401 Unauthorized|403 Forbidden|authorization failed|access denied|no basic auth credentials/i, () => "the registry refused the credentials: run docker login for it, with an account that may push there"],
	[/connection refused|no such host|network is unreachable|i\/o timeout/i, () => "the BuildKit daemon can't reach that address; a registry on this machine's loopback needs --network host at setup"],
	[/server gave HTTP response to HTTPS client/i, () => "the registry speaks plain HTTP: say so in buildkitd-config"],
	[/x509: /i, () => "the daemon does not trust the registry's certificate: give its CA in buildkitd-config"],
	[/429 Too Many Requests|toomanyrequests/i, () => "the registry limits requests: log in, or wait and run again"],
	[/no space left on device/i, () => "the disk of the BuildKit daemon is full"],
	[/exit code: 137|signal: killed|cannot allocate memory/i, () => "the step was killed, most likely for want of memory"]
];
function solveAdvice(text, platform) {
	return advice.find(([pattern]) => pattern.test(text))?.[1](platform);
}
// src/buildkit/metadata.ts
function parseMetadata(text, platform, what) {
	let metadata;
	try {
		metadata = JSON.parse(text);
	} catch (error) {
		throw new WorkError(`${what}: BuildKit's metadata is not whole`, { cause: error });
	}
	const { mediaType, digest, size } = parseDescriptor(metadata["containerimage.descriptor"], `${what}: containerimage.descriptor in BuildKit's metadata`);
	const config = metadata["containerimage.config.digest"];
	return {
		descriptor: {
			mediaType,
			digest,
			size,
			platform
		},
		configDigest: typeof config === "string" && isDigest(config) ? config : void 0
	};
}
// src/report/untrusted.ts
function neutralise(text) {
	return text.replaceAll(/[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f]/g, "").replaceAll(/\u001b(?!\[[0-9;]*m)/g, "").replaceAll(/##(?=\[|vso\[|teamcity\[)/g, "# #").replaceAll(/section_(?=start:|end:)/g, "section-").replaceAll(/^(\s*):(?=:)/gm, "$1: ");
}
// src/buildkit/progress.ts
const keptLogLines = 20;
function createProgressReader() {
	const vertexes = /* @__PURE__ */ new Map();
	const messages = [];
	const update = (status) => {
		const lines = [];
		for (const { digest, name, started, completed, cached, error } of status.vertexes ?? []) {
			let vertex = vertexes.get(digest);
			if (vertex === void 0) {
				vertex = {
					name: "",
					started: void 0,
					completed: false,
					cached: false,
					error: void 0,
					log: []
				};
				vertexes.set(digest, vertex);
			}
			vertex.name = neutralise(name ?? vertex.name);
			vertex.cached ||= cached ?? false;
			const isNew = vertex.started === void 0 && started !== void 0;
			vertex.started ??= started;
			if (isNew && completed === void 0 && isShown(vertex)) lines.push(vertex.name);
			if (completed === void 0 || vertex.completed) continue;
			vertex.completed = true;
			vertex.error = error === void 0 || error === "" ? void 0 : neutralise(error);
			if (isShown(vertex)) lines.push(`${vertex.name} ${outcome(vertex, completed)}`);
		}
		for (const { vertex: digest, data } of status.logs ?? []) {
			const text = neutralise(Buffer.from(data, "base64").toString("utf8")).trimEnd();
			if (text === "") continue;
			const printed = text.split("\n");
			const log = vertexes.get(digest)?.log;
			log?.push(...printed);
			log?.splice(0, log.length - keptLogLines);
			lines.push(...printed.map((line) => `| ${line}`));
		}
		for (const { short } of status.warnings ?? []) if (short !== void 0) lines.push(`warning: ${neutralise(Buffer.from(short, "base64").toString("utf8"))}`);
		return lines;
	};
	return {
		read: (line) => {
			const status = parseStatus(line);
			if (status !== void 0) return update(status);
			if (line.trim() !== "") messages.push(neutralise(line));
			return [];
		},
		failure: () => {
			const failed = [...vertexes.values()].find(({ error }) => error !== void 0);
			return failed === void 0 ? void 0 : {
				step: failed.name,
				log: failed.log
			};
		},
		said: () => {
			const isError = (line) => line.startsWith("error: ");
			return {
				error: messages.filter(isError).map((line) => line.replace(/^error: (failed to solve: )?/, "")).join("\n"),
				around: messages.filter((line) => !isError(line))
			};
		},
		cached: () => {
			const steps = [...vertexes.values()].filter(isStep);
			return {
				steps: steps.length,
				cached: steps.filter(({ cached }) => cached).length
			};
		}
	};
}
function parseStatus(line) {
	if (!line.startsWith("{")) return void 0;
	try {
		return JSON.parse(line);
	} catch {
		return;
	}
}
function isShown(vertex) {
	return vertex.error !== void 0 || !vertex.name.startsWith("[internal]");
}
function isStep({ name }) {
	return /^\[([\w.-]+ )?\d+\/\d+\] /.test(name);
}
function outcome(vertex, completed) {
	if (vertex.error !== void 0) return "failed";
	if (vertex.cached) return "cached";
	const seconds = (Date.parse(completed) - Date.parse(vertex.started ?? completed)) / 1e3;
	return `done in ${Math.max(seconds, 0).toFixed(1)} s`;
}
// src/steps/build/execute.ts
async function executeBuild(plan, ports) {
	const folder = await mkdtemp(join(ports.env["RUNNER_TEMP"] || tmpdir(), "multiarch-build-"));
	try {
		const settled = await Promise.allSettled(plan.solves.map((solve, index) => performSolve(solve, join(folder, `${index}.json`), ports)));
		const failures = settled.flatMap((result) => result.status === "rejected" ? [result.reason] : []);
		const cancelled = failures.find((failure) => failure instanceof CancelledError);
		if (cancelled !== void 0) throw cancelled;
		if (failures.length > 0) throw joinFailures(failures, plan.solves.length);
		const images = settled.flatMap((result) => result.status === "fulfilled" ? [result.value] : []);
		remember(plan, images, ports);
		return { images };
	} finally {
		await rm(folder, {
			recursive: true,
			force: true
		});
	}
}
async function performSolve(solve, metadataFile, ports) {
	const { emulated, platform } = solve;
	const name = formatPlatform(platform);
	const progress = createProgressReader();
	const begin = performance.now();
	const show = (lines) => {
		if (lines.length > 0) ports.log.info(lines.map((line) => `${name.padEnd(14)} ${line}`).join("\n"));
	};
	show([`building${emulated ? " (emulated)" : ""}`]);
	try {
		await ports.exec(solveCommand({
			...solve,
			metadataFile
		}), { onStderrLine: (line) => show(progress.read(line)) });
	} catch (error) {
		throw error instanceof ExecError ? solveFailure(name, progress, error) : error;
	}
	const metadata = parseMetadata(await readFile(metadataFile, "utf8"), platform, name);
	const seconds = (performance.now() - begin) / 1e3;
	show([`pushed ${metadata.descriptor.digest} after ${seconds.toFixed(1)} s`]);
	return {
		...metadata,
		platform,
		emulated,
		seconds,
		steps: progress.cached()
	};
}
function solveFailure(platform, progress, end) {
	const { error, around } = progress.said();
	const how = end.signal === null ? `buildctl ended with exit code ${end.exitCode}` : `buildctl was killed by ${end.signal}`;
	const failed = progress.failure();
	const printed = failed?.log ?? [];
	return new WorkError([
		`${platform}: ${error === "" ? how : error}`,
		...around.map((line) => `  ${line}`),
		...failed === void 0 ? [] : [`  in ${failed.step}`, ...printed.map((line) => `  | ${line}`)]
	].join("\n"), { fix: solveAdvice([error, ...printed].join("\n"), platform) });
}
function joinFailures(failures, total) {
	const [first] = failures;
	if (failures.length === 1 && total === 1 && first instanceof WorkError) return first;
	const texts = failures.map((failure) => failure instanceof Error ? failure.message : String(failure));
	const fixes = failures.flatMap((failure) => failure instanceof WorkError ? failure.fix ?? [] : []);
	return new WorkError([`${failures.length} of ${total} platforms failed; nothing was tagged`, ...texts].join("\n"), { fix: fixes.length === 0 ? void 0 : [...new Set(fixes)].join("\n") });
}
function remember(plan, images, ports) {
	const descriptors = images.map(({ descriptor }) => descriptor);
	ports.state.update((state) => ({
		...state,
		builds: {
			...state.builds,
			...Object.fromEntries(plan.repositories.map((repository) => [formatReference(repository), descriptors]))
		}
	}));
}
// src/steps/build/plan.ts
function planBuild(inputs, facts) {
	const own = facts.nodes[0]?.workers[0];
	const platforms = inputs.platforms.length > 0 ? inputs.platforms : own === void 0 ? [] : [own];
	if (platforms.length === 0) throw new WorkError("the daemon's own platform is not known, because it can't be asked", { fix: "name the platforms" });
	const { buildctl, context, file, registries } = facts;
	return {
		repositories: inputs.image,
		solves: platforms.map((platform) => {
			const { endpoint, workers } = chooseNode(platform, facts.nodes);
			return {
				endpoint,
				buildctl,
				context,
				file,
				platform,
				registries,
				repositories: inputs.image,
				buildArgs: inputs.buildArgs.map((argument) => argument.includes("=") ? argument : `${argument}=${facts.env[argument] ?? ""}`),
				...inputs.target === "" ? {} : { target: inputs.target },
				emulated: workers[0] !== void 0 && !runsBySelf(platform, workers[0])
			};
		})
	};
}
function chooseNode(platform, nodes) {
	const lists = (platforms) => platforms?.some((candidate) => samePlatform(candidate, platform)) ?? false;
	const open = nodes.filter(({ endpoint }) => endpoint.platforms === void 0);
	const node = nodes.find(({ endpoint }) => lists(endpoint.platforms)) ?? open.find(({ workers: [own] }) => own !== void 0 && runsBySelf(platform, own)) ?? open.find(({ workers }) => lists(workers)) ?? open[0];
	if (node !== void 0) return node;
	throw new WorkError(`no BuildKit daemon is for ${formatPlatform(platform)}`, { fix: "name the platform behind one of the endpoints, or give an endpoint without platforms" });
}
function runsBySelf(platform, own) {
	return isNative(platform.architecture, own.architecture);
}
function describeBuild({ solves }) {
	return solves.map((solve) => formatCommand(solveCommand({
		...solve,
		metadataFile: "METADATA_FILE"
	})));
}
// src/steps/build/probe.ts
async function probeBuild(inputs, ports) {
	const { builder, registries = [] } = ports.state.read();
	const buildctl = builder?.buildctl ?? "buildctl";
	const given = resolveRegistries(inputs.registries, ports.cwd);
	return {
		nodes: await Promise.all(findEndpoints(inputs, ports).map(async (endpoint) => ({
			endpoint,
			workers: await askDaemon(buildctl, endpoint, ports)
		}))),
		buildctl,
		registries: given.length > 0 ? given : registries,
		...buildPaths(inputs, ports.cwd),
		env: namedArguments(inputs.buildArgs, ports)
	};
}
function findEndpoints(inputs, { env, state }) {
	const known = state.read().builder?.endpoints ?? [];
	const address = inputs.builder || env["BUILDKIT_HOST"] || "";
	if (address !== "") return known[0]?.address === address ? known : [{ address }];
	if (known.length > 0) return known;
	throw new WorkError("there is no BuildKit daemon to build with", { fix: "run setup before build, or set BUILDKIT_HOST or builder to the address of one" });
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
function namedArguments(buildArgs, { env }) {
	return Object.fromEntries(buildArgs.filter((argument) => !argument.includes("=")).map((name) => [name, env[name] ?? ""]));
}
// src/steps/build/step.ts
const buildStep = {
	name: "build",
	summary: "Build each platform as a solve of its own and push it by digest; no tag moves.",
	inputs: buildInputs,
	outputs: {
		descriptors: "JSON array of the OCI descriptors pushed, each with its platform.",
		digest: "Digest of the image, when there is one platform.",
		imageid: "Digest of the image's config, when there is one platform.",
		metadata: "JSON object: for each platform its digest, config digest, seconds, cached steps, and whether it was emulated."
	},
	check: checkBuild,
	probe: probeBuild,
	plan: planBuild,
	describe: describeBuild,
	execute: executeBuild,
	report: ({ images }) => {
		const [only, ...others] = images;
		const single = others.length === 0 ? only : void 0;
		return {
			outputs: {
				descriptors: JSON.stringify(images.map(({ descriptor }) => descriptor)),
				...single === void 0 ? {} : { digest: single.descriptor.digest },
				...single?.configDigest === void 0 ? {} : { imageid: single.configDigest },
				metadata: JSON.stringify(Object.fromEntries(images.map(({ platform, descriptor, configDigest, seconds, steps, emulated }) => [formatPlatform(platform), {
					"containerimage.digest": descriptor.digest,
					"containerimage.config.digest": configDigest,
					seconds: Number(seconds.toFixed(3)),
					steps: steps.steps,
					cached: steps.cached,
					emulated
				}])))
			},
			variables: {},
			paths: [],
			lines: [`built ${images.length === 1 ? "1 platform" : `${images.length} platforms`}`]
		};
	}
};
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
// src/steps/publish-manifest/execute.ts
async function executePublish(plan, ports, client) {
	const { index, targets } = plan;
	if (index === void 0) throw new WorkError("there are no images to publish");
	await Promise.all(targets.map(({ repository }) => client.putManifest(withTarget(repository, { digest: index.digest }), index.bytes, index.mediaType)));
	const moved = [];
	try {
		for (const tag of targets.flatMap(({ tags }) => tags)) {
			ports.signal.throwIfAborted();
			await client.putManifest(tag, index.bytes, index.mediaType);
			moved.push(tag);
		}
		await Promise.all(moved.map((tag) => requireDigest(tag, index, client)));
	} catch (error) {
		if (moved.length > 0) ports.log.warning(`these tags point at ${index.digest} already: ${moved.map(formatReference).join(", ")}`);
		throw error;
	}
	return {
		index,
		tags: moved
	};
}
async function requireDigest(tag, index, client) {
	const { descriptor } = await client.getManifest(tag);
	if (descriptor.digest === index.digest) return;
	throw new WorkError(`${formatReference(tag)} was set to ${index.digest}, but the registry answers ${descriptor.digest}`, { fix: "another job published this tag at the same time: let only one of them do it" });
}
// src/steps/publish-manifest/plan.ts
function planPublish(inputs, facts) {
	const { children, previous } = facts;
	const images = children.filter(({ descriptor }) => !isAttestation(descriptor));
	if (images.length > 0) requirePlatforms(inputs.platforms, images);
	return {
		images,
		previous,
		index: images.length === 0 ? void 0 : buildIndex({
			children: children.map(({ descriptor }) => descriptor),
			order: inputs.platforms
		}),
		targets: inputs.image.map((repository) => ({
			repository,
			tags: inputs.tags.map((tag) => withTarget(repository, { tag }))
		}))
	};
}
function requirePlatforms(required, images) {
	if (required.length === 0) return;
	const wanted = required.map(formatPlatform);
	const there = images.flatMap(({ descriptor: { platform } }) => platform ? [formatPlatform(platform)] : []);
	const missing = wanted.filter((platform) => !there.includes(platform));
	const unexpected = there.filter((platform) => !wanted.includes(platform));
	if (missing.length === 0 && unexpected.length === 0) return;
	throw new WorkError([
		"the images are not those that platforms names; nothing was tagged",
		...missing.length === 0 ? [] : [`missing: ${missing.join(", ")}`],
		...unexpected.length === 0 ? [] : [`not asked for: ${unexpected.join(", ")}`]
	].join("\n"), { fix: "build the same platforms that you publish" });
}
function describePublish({ index, targets, previous }) {
	const moves = targets.flatMap(({ tags }) => tags.map(formatReference).map((tag) => `tag ${tag} (now ${previous[tag] ?? "absent"})`));
	if (index === void 0) return ["# an index over the images that build makes", ...moves];
	return [
		`push ${index.mediaType} ${index.digest}:`,
		...new TextDecoder().decode(index.bytes).split("\n"),
		...moves
	];
}
// src/steps/publish-manifest/probe.ts
async function probePublish(inputs, ports, client) {
	const [home, ...others] = inputs.image;
	if (home === void 0) throw new WorkError("there is no repository to publish to");
	const descriptors = findDescriptors(inputs, home, ports);
	const [children, previous] = await Promise.all([
		Promise.all(descriptors.map((descriptor) => readChild(descriptor, home, client))),
		readTags(inputs, client),
		requireEverywhere(descriptors, others, client)
	]);
	return {
		children: children.flat(),
		previous
	};
}
function findDescriptors(inputs, home, ports) {
	if (inputs.descriptors !== "") return parseDescriptors(inputs.descriptors);
	const built = ports.state.read().builds[formatReference(home)];
	if (built === void 0 && ports.dryRun) return [];
	if (built === void 0) throw new WorkError(`nothing was built for ${formatReference(home)} in this job`, { fix: "run build with the same image before, or pass its output as descriptors" });
	return built;
}
async function readChild(descriptor, home, client) {
	const reference = withTarget(home, { digest: descriptor.digest });
	const { descriptor: found, manifest } = await client.getManifest(reference);
	if (manifest.kind === "index") {
		const nested = manifest.manifests.map((entry) => isAttestation(entry) ? Promise.resolve([{
			descriptor: entry,
			imageSize: 0
		}]) : readChild(entry, home, client));
		return (await Promise.all(nested)).flat();
	}
	const name = formatReference(reference);
	const config = await client.getBlob(home, manifest.config.digest);
	const { platform } = parseImageConfig(config, `the config of ${name}`);
	if (platform === void 0) throw new WorkError(`the config of ${name} does not say for which platform it is`);
	if (descriptor.platform !== void 0 && !samePlatform(descriptor.platform, platform)) throw new WorkError(`${name} was to be for ${formatPlatform(descriptor.platform)}, but its config says ${formatPlatform(platform)}`, { fix: "nothing was tagged: check the Dockerfile's FROM --platform, or build this platform again" });
	const layers = manifest.layers.reduce((sum, { size }) => sum + size, 0);
	return [{
		descriptor: {
			...found,
			...annotationsOf(descriptor),
			platform
		},
		imageSize: found.size + manifest.config.size + layers
	}];
}
function annotationsOf({ annotations }) {
	return annotations === void 0 ? {} : { annotations };
}
async function requireEverywhere(descriptors, repositories, client) {
	const references = repositories.flatMap((repository) => descriptors.map(({ digest }) => withTarget(repository, { digest })));
	const found = await Promise.all(references.map((reference) => client.headManifest(reference)));
	const missing = references.filter((_, index) => found[index] === void 0).map(formatReference);
	if (missing.length > 0) throw new WorkError(`these images are not there; nothing was tagged:\n${missing.join("\n")}`, { fix: "build for all repositories in one call: --image first,second" });
}
async function readTags(inputs, client) {
	const references = inputs.image.flatMap((repository) => inputs.tags.map((tag) => withTarget(repository, { tag })));
	const found = await Promise.all(references.map((reference) => client.headManifest(reference)));
	return Object.fromEntries(references.flatMap((reference, index) => {
		const descriptor = found[index];
		return descriptor === void 0 ? [] : [[formatReference(reference), descriptor.digest]];
	}));
}
// src/steps/publish-manifest/step.ts
const declaration = {
	name: "publish-manifest",
	summary: "Put one tag over the images of all platforms, once they are checked.",
	inputs: publishInputs,
	outputs: {
		digest: "Digest of the image index.",
		tags: "References of the tags that point at it, one per line.",
		index: "The JSON that was published.",
		previous: "JSON object: for each tag that existed, the digest that it pointed at before."
	},
	check: ({ platforms, registries }, { cwd }) => [...repeatedPlatforms("platforms", platforms), ...missingRegistryFiles(registries, cwd)]
};
function createPublishStep(client) {
	return {
		...declaration,
		probe: (inputs, ports) => probePublish(inputs, ports, client),
		plan: planPublish,
		describe: describePublish,
		execute: (plan, ports) => executePublish(plan, ports, client),
		report: ({ index, tags }, { images, previous }) => ({
			outputs: {
				digest: index.digest,
				tags: tags.map(formatReference).join("\n"),
				index: new TextDecoder().decode(index.bytes),
				previous: JSON.stringify(previous)
			},
			variables: {},
			paths: [],
			lines: [...renderTable([[
				"platform",
				"digest",
				"size"
			], ...images.map(({ descriptor: { platform, digest }, imageSize }) => [
				platform === void 0 ? "" : formatPlatform(platform),
				digest,
				formatBytes(imageSize)
			])]), ...tags.map((tag) => `${formatReference(tag)} → ${index.digest}`)]
		})
	};
}
const publishJob = {
	...declaration,
	perform: async (inputs, ports) => {
		const { createRegistryClient } = await import("./client.js");
		const { env, log, signal } = ports;
		const sleep = (duration) => setTimeout$1(duration, void 0, { signal });
		const given = resolveRegistries(inputs.registries, ports.cwd);
		const client = createRegistryClient({
			env,
			log,
			registries: given.length > 0 ? given : ports.state.read().registries ?? [],
			pushTo: inputs.image,
			clock: { sleep }
		});
		const drop = () => void client.close();
		signal.addEventListener("abort", drop);
		try {
			return await performStep(createPublishStep(client), inputs, ports);
		} finally {
			signal.removeEventListener("abort", drop);
			await client.close();
		}
	}
};
const teardownStep = {
	name: "teardown",
	summary: "Remove the BuildKit daemon that setup started, its cache, and the state of this job.",
	inputs: {},
	outputs: {},
	check: () => [],
	probe: async (_inputs, { state }) => {
		const { builder, job } = state.read();
		return {
			removal: builder?.removal ?? { kind: "none" },
			folder: jobFolder(state.path, job)
		};
	},
	plan: (_inputs, facts) => facts,
	describe: ({ removal }) => [describeRemoval(removal)],
	execute: async ({ folder, removal }, ports) => {
		try {
			await removeDaemon(removal, ports);
		} catch (error) {
			ports.log.warning(`BuildKit could not be removed: ${describeError(error)}`);
			return { removed: false };
		}
		await rm(folder, {
			recursive: true,
			force: true
		});
		ports.state.remove();
		return { removed: removal.kind !== "none" };
	},
	report: ({ removed }, { removal }) => ({
		outputs: {},
		variables: {},
		paths: [],
		lines: removed ? [`removed ${nameOf(removal)}`] : []
	})
};
function nameOf(removal) {
	return removal.kind === "container" ? `the container ${removal.name}` : "the BuildKit daemon";
}
function describeRemoval(removal) {
	switch (removal.kind) {
		case "none": return "# there is nothing to remove";
		case "container": return formatCommand(removeCommand(removal));
		case "process": return `kill ${removal.pid}`;
		default: return removal;
	}
}
async function removeDaemon(removal, { exec }) {
	if (removal.kind === "container") await exec(removeCommand(removal));
	if (removal.kind === "process") {
		const { stopDaemonProcess } = await import("./process-life.js");
		await stopDaemonProcess(removal, { exec });
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
	const socket = join(runtime, "buildkitd.sock");
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
function processLog(folder) {
	return join(folder, "buildkitd.log");
}
function processAddress({ socket }) {
	return `unix://${socket}`;
}
function probeProcess(env) {
	return {
		uid: process.getuid?.() ?? 0,
		mayMount: maySysAdmin(readOr("/proc/self/status", "")),
		rootlesskit: findProgram("rootlesskit", env["PATH"] ?? ""),
		procCovered: coversProc(parseMountinfo(readOr("/proc/self/mountinfo", "")))
	};
}
function maySysAdmin(status) {
	const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
	return effective === void 0 || (BigInt(`0x${effective}`) & 1n << 21n) !== 0n;
}
function findProgram(name, path) {
	return path.split(delimiter).filter((folder) => folder.startsWith("/")).map((folder) => join(folder, name)).find((file) => {
		try {
			accessSync(file, constants.X_OK);
			return true;
		} catch {
			return false;
		}
	});
}
function readOr(path, otherwise) {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return otherwise;
	}
}
export { InputError as A, multiarchInputs as C, exec as D, ExecError as E, describeError as M, startDetached as O, run as S, stepJob as T, judgeAnswer as _, hasRootInside as a, awaitReady as b, teardownStep as c, setupStep as d, hostIdentity as f, checkRemoteTls as g, readStartTime as h, processLog as i, WorkError as j, CancelledError as k, publishJob as l, ownerOf as m, probeProcess as n, mountsBelow as o, ownerLife as p, processAddress as r, parseMountinfo as s, planDaemonProcess as t, buildStep as u, planRemote as v, performStep as w, recognizeComplaint as x, probeEndpoints as y };
