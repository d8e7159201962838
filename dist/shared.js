import { C as formatPlatform, D as samePlatform, E as parsePlatform, T as normalizePlatform, f as parseDescriptor, g as formatReference, v as parseTarget, w as isKnownPlatform } from "./oci.js";
import { n as parseImageMirror } from "./sources.js";
import { AsyncLocalStorage } from "node:async_hooks";
import { once } from "node:events";
import { accessSync, closeSync, constants, existsSync, lstatSync, mkdirSync, openSync, readFileSync, readdirSync, readlinkSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { subscribe } from "node:diagnostics_channel";
import { StringDecoder } from "node:string_decoder";
import { parseArgs } from "node:util";
import { X509Certificate, createHash, createPrivateKey, randomBytes } from "node:crypto";
import { hostname, tmpdir, userInfo } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { connect, isIP } from "node:net";
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
async function run(step, argv = process.argv.slice(2)) {
	const { env } = process;
	const wantsDebug = argv.includes("--debug") || env["RUNNER_DEBUG"] === "1";
	const host = await createHost(wantsDebug);
	const controller = new AbortController();
	cancelOnSignals(controller);
	try {
		const table = {
			...step.inputs,
			...spineInputs
		};
		const flags = parseArgv(argv, table, step.words);
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
			...step.check(inputs, ports)
		]);
		const outputs = await step.perform(inputs, ports);
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
	perform: async (inputs, ports) => {
		const { setupWork } = await import("./setup-work.js");
		return performWork("setup", setupWork, inputs, ports);
	}
};
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
	perform: async (inputs, ports) => {
		const { buildWork } = await import("./build-work.js");
		return performWork("build", buildWork, inputs, ports);
	}
};
// src/steps/publish-manifest/step.ts
const publishStep = {
	name: "publish-manifest",
	summary: "Put one tag over the images of all platforms, once they are checked.",
	inputs: publishInputs,
	outputs: {
		digest: "Digest of the image index.",
		tags: "References of the tags that point at it, one per line.",
		index: "The JSON that was published.",
		previous: "JSON object: for each tag that existed, the digest that it pointed at before."
	},
	check: ({ platforms, registries }, { cwd }) => [...repeatedPlatforms("platforms", platforms), ...missingRegistryFiles(registries, cwd)],
	perform: async (inputs, ports) => {
		const { createPublishWork, withRegistryClient } = await import("./publish-manifest-work.js");
		return withRegistryClient(inputs, ports, (client) => performWork("publish-manifest", createPublishWork(client), inputs, ports));
	}
};
// src/steps/teardown/step.ts
const teardownStep = {
	name: "teardown",
	summary: "Remove the BuildKit daemon that setup started, its cache, and the state of this job.",
	inputs: {},
	outputs: {},
	check: () => [],
	perform: async (inputs, ports) => {
		const { teardownWork } = await import("./teardown-work.js");
		return performWork("teardown", teardownWork, inputs, ports);
	}
};
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
		mayMount: maySysAdmin(readOr$1("/proc/self/status", "")),
		rootlesskit: findProgram("rootlesskit", env["PATH"] ?? ""),
		procCovered: coversProc(parseMountinfo(readOr$1("/proc/self/mountinfo", "")))
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
// src/report/untrusted.ts
function neutralise(text) {
	return text.replaceAll(/[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f]/g, "").replaceAll(/\u001b(?!\[[0-9;]*m)/g, "").replaceAll(/##(?=\[|vso\[|teamcity\[)/g, "# #").replaceAll(/section_(?=start:|end:)/g, "section-").replaceAll(/^(\s*):(?=:)/gm, "$1: ");
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
		failure: () => daemonFailure(container, exec),
		log: () => readLogs(container, exec)
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
export { runTlsFiles as $, planDaemonProcess as A, readStartTime as B, recognizeComplaint as C, probeEndpoints as D, planRemote as E, mountsBelow as F, setupStep as G, publishStep as H, parseMountinfo as I, buildxArguments as J, run as K, hostIdentity as L, processAddress as M, processLog as N, probeWorkers as O, hasRootInside as P, planRunTls as Q, ownerLife as R, probeEngine as S, judgeAnswer as T, buildStep as U, teardownStep as V, buildPaths as W, formatEndpoint as X, endpointArguments as Y, parseEndpoint as Z, proofProgram as _, WorkError as _t, inspectDaemon as a, formatCsv as at, neutralise as b, startCommand as c, ExecError as ct, entriesFor as d, execToEnd as dt, writePrivateFiles as et, entryName as f, formatCommand as ft, linuxkitArchitectures as g, InputError as gt, isNative as h, CancelledError as ht, filesInContainer as i, renderRegistryToml as it, probeProcess as j, awaitReady as k, startDaemon as l, ProgramMissingError as lt, isIntact as m, startDetached as mt, createCommands as n, resolveRegistries as nt, readLogs as o, jobFolder as ot, isEmulated as p, shellQuote as pt, multiarchInputs as q, createDaemon as r, authTlsArguments as rt, removeCommand as s, peekState as st, containerAddress as t, parseDescriptors as tt, embeddedEmulator as u, exec as ut, binfmtMiscFolder as v, describeError as vt, checkRemoteTls as w, dockerRunAdvice as x, readBinfmtMisc as y, ownerOf as z };
