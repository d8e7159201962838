import { r as __toESM } from "./rolldown-runtime.js";
import { C as isKnownPlatform, E as samePlatform, S as formatPlatform, T as parsePlatform, _ as parseTarget, b as isDigest, d as isAttestation, f as parseDescriptor, g as formatReference, n as buildIndex, t as parseImageConfig, v as withTarget, w as normalizePlatform } from "./oci.js";
import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import { StringDecoder } from "node:string_decoder";
import { parseArgs } from "node:util";
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir, tmpdir, userInfo } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { chmod, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
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
		fallback: false,
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
	for (const token of tokens) {
		const belongsToUnknown = afterUnknown && token.kind === "positional";
		afterUnknown = false;
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
		} else if (field.flag) values.set(name, value ?? "true");
		else if (value === void 0 || !token.inlineValue && value.startsWith("--")) problems.push(`--${name} needs a value (one that begins with a dash is written --${name}=-value)`);
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
	})
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
	})
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
// src/steps/setup/inputs.ts
const defaultBuildkitVersion = "v0.32.2";
const setupInputs = {
	platforms: platformList("Platforms that will be built. Emulation is set up for those that the machine can't run itself; without it, for all that the emulation image offers."),
	emulation: choice({
		description: "auto registers QEMU where a platform needs it and it is not registered yet, binfmt registers it in any case, none never does: a platform that needs emulation is then an error.",
		words: [
			"auto",
			"binfmt",
			"none"
		],
		fallback: "auto"
	}),
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
	buildkitdConfig: text({
		description: "A buildkitd.toml file for the daemon.",
		placeholder: "FILE"
	}),
	buildkitdFlags: list({
		description: "Flags for buildkitd, one per line.",
		commas: false,
		placeholder: "--FLAG",
		item: (flag) => {
			if (!flag.startsWith("-")) throw new Error(`${JSON.stringify(flag)} is not a flag of buildkitd`);
			return flag;
		}
	}),
	network: text({
		description: "Network of the daemon's container. host lets it reach registries on this machine's loopback.",
		placeholder: "NAME",
		defaultText: "Docker's own default"
	}),
	downloadMirror: text({
		description: "Where the paths of BuildKit's release page are found, for sites without GitHub.",
		placeholder: "URL",
		defaultText: "https://github.com",
		check: (value) => {
			if (!/^https?:\/\//.test(value)) throw new Error(`${JSON.stringify(value)} is not an http or https URL`);
		}
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
		"typecheck": "tsc --noEmit"
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
	const stopListening = cancelOnSignals(controller);
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
	} finally {
		stopListening();
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
	const cancel = (signal) => controller.abort(new CancelledError(signal));
	for (const signal of Object.keys(signals)) process.on(signal, cancel);
	return () => {
		for (const signal of Object.keys(signals)) process.off(signal, cancel);
	};
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
	linux: "linux",
	darwin: "darwin",
	win32: "windows"
};
function releaseAsset(options) {
	const system = systems[options.platform];
	const architecture = architectures[options.arch];
	if (system === void 0 || architecture === void 0) return void 0;
	const stem = `buildkit-${options.version}.${system}-${architecture}`;
	const folder = `${(options.mirror || releaseHost).replace(/\/+$/, "")}/moby/buildkit/releases/download/${options.version}`;
	return {
		name: `${stem}.tar.gz`,
		url: `${folder}/${stem}.tar.gz`,
		provenanceUrl: `${folder}/${stem}.provenance.json`,
		member: system === "windows" ? "bin/buildctl.exe" : "bin/buildctl"
	};
}
function provenanceSha256(text, file) {
	let statement;
	try {
		statement = JSON.parse(text);
		if (typeof statement.payload === "string") statement = JSON.parse(Buffer.from(statement.payload, "base64").toString("utf8"));
	} catch (error) {
		throw new WorkError(`the provenance of ${file} is not JSON`, { cause: error });
	}
	const sha256 = (statement.subject?.find(({ name }) => name === file))?.digest?.sha256;
	if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) throw new WorkError(`the provenance of the release says nothing about ${file}`);
	return sha256;
}
// src/buildkit/buildctl-download.ts
var ReleaseUnavailableError = class extends WorkError {
	name = "ReleaseUnavailableError";
};
const memberLimit = 314572800;
async function obtainBuildctl(asset, options) {
	const { tools, arch } = options;
	const key = {
		tool: "buildctl",
		version: options.version.replace(/^v/, ""),
		arch
	};
	const program = basename(asset.member);
	const cached = await tools.find(key);
	if (cached !== void 0) return join(cached, program);
	const expected = provenanceSha256(await available(tools.fetchText(asset.provenanceUrl)), asset.name);
	const archive = await available(tools.download(asset.url));
	try {
		const actual = await sha256(archive);
		if (actual !== expected) throw new WorkError(`${asset.url} is not what the release's provenance says: sha256 ${actual} instead of ${expected}`, { fix: "do not use this download: check download-mirror, or report it to the mirror's owner" });
		const unpacked = `${archive}.buildctl`;
		await unpackMember(archive, asset.member, unpacked);
		await chmod(unpacked, 493);
		const folder = await tools.keep(key, unpacked, program);
		await rm(unpacked, { force: true });
		return join(folder, program);
	} finally {
		await rm(archive, { force: true });
	}
}
async function available(request) {
	try {
		return await request;
	} catch (error) {
		throw new ReleaseUnavailableError("the BuildKit release can't be reached", { cause: error });
	}
}
async function sha256(file) {
	const hash = createHash("sha256");
	await pipeline(createReadStream(file), hash);
	return hash.digest("hex");
}
async function unpackMember(archive, member, destination) {
	const { extract } = await import("./tar-stream.js").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
	const entries = createReadStream(archive).pipe(createGunzip()).pipe(extract());
	for await (const entry of entries) {
		const { name, type, size } = entry.header;
		if (name.replace(/^\.\//, "") !== member || type !== "file") {
			entry.resume();
			continue;
		}
		if ((size ?? 0) > memberLimit) throw new WorkError(`${member} in ${archive} is larger than 300 MiB`);
		await pipeline(entry, createWriteStream(destination, {
			flags: "wx",
			mode: 384
		}));
		return;
	}
	throw new WorkError(`${archive} holds no ${member}`);
}
// src/docker.ts
async function probeDocker(exec) {
	try {
		const { stdout } = await exec({
			program: "docker",
			args: ["version", "--format={{json .Server}}"]
		});
		const server = JSON.parse(stdout);
		return {
			version: server.Version ?? "",
			os: server.Os ?? "linux",
			architecture: server.Arch ?? ""
		};
	} catch (error) {
		if (error instanceof ProgramMissingError) throw new WorkError("there is no Docker here: the program docker was not found on PATH", {
			fix: "install Docker Engine, or set BUILDKIT_HOST to a BuildKit daemon and leave setup out",
			cause: error
		});
		if (!(error instanceof ExecError)) throw error;
		if (/permission denied/i.test(error.stderr)) throw new WorkError("this user may not talk to the Docker Engine", {
			fix: "add the user to the group docker, or run as root",
			cause: error
		});
		throw new WorkError("the Docker Engine does not answer", {
			fix: "start it (systemctl start docker), or point DOCKER_HOST at one that runs",
			cause: error
		});
	}
}
function dockerRunAdvice(stderr) {
	if (/toomanyrequests|429/i.test(stderr)) return "the registry limits pulls: log in with docker login, or name a copy of the image";
	if (/no such host|dial tcp|i\/o timeout|TLS handshake timeout/i.test(stderr)) return "the registry can't be reached from the Docker Engine: name a copy of the image that can";
	if (/not found|manifest unknown|pull access denied/i.test(stderr)) return "check the name of the image";
	if (/operation not permitted|privileged/i.test(stderr)) return "the Docker Engine refuses privileged containers (rootless or restricted): BuildKit needs one here";
}
// src/buildkit/drivers/docker-container.ts
const configPath = "/buildkitd.toml";
const readyMilliseconds = 6e4;
function containerAddress(name) {
	return `docker-container://${name}`;
}
function createCommands(container) {
	const { name, image, job, network, flags, config } = container;
	return [{
		program: "docker",
		args: [
			"create",
			`--name=${name}`,
			`--label=multiarch=${job}`,
			"--privileged",
			...network === void 0 ? [] : [`--network=${network}`],
			image,
			...config === void 0 ? [] : [`--config=${configPath}`],
			...flags
		]
	}, ...config === void 0 ? [] : [{
		program: "docker",
		args: [
			"cp",
			config,
			`${name}:${configPath}`
		]
	}]];
}
function startCommand(name) {
	return {
		program: "docker",
		args: ["start", name]
	};
}
function removeCommand(name) {
	return {
		program: "docker",
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
	await runForDaemon(container.image, startCommand(container.name), exec);
	await waitUntilReady(container.name, exec);
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
async function waitUntilReady(name, exec) {
	const end = Date.now() + readyMilliseconds;
	for (let pause = 20;; pause = Math.min(pause * 2, 500)) try {
		await exec({
			program: "docker",
			args: [
				"exec",
				name,
				"buildctl",
				"debug",
				"workers"
			]
		});
		return;
	} catch (error) {
		if (!(error instanceof ExecError)) throw error;
		const running = (await inspectDaemon(name, exec))?.running ?? false;
		if (running && Date.now() < end) {
			await setTimeout$1(pause);
			continue;
		}
		throw new WorkError(running ? `BuildKit in the container ${name} did not answer within ${readyMilliseconds / 1e3} s` : `BuildKit in the container ${name} ended at once:\n${await lastLogs(name, exec)}`, { cause: running ? error : void 0 });
	}
}
async function inspectDaemon(name, exec) {
	const format = "--format={{.State.Running}} {{.Config.Image}}";
	try {
		const { stdout } = await exec({
			program: "docker",
			args: [
				"container",
				"inspect",
				format,
				name
			]
		});
		const [running, image = ""] = stdout.trim().split(" ");
		return {
			image,
			running: running === "true"
		};
	} catch (error) {
		if (error instanceof ExecError) return void 0;
		throw error;
	}
}
async function lastLogs(name, exec) {
	try {
		const { stdout, stderr } = await exec({
			program: "docker",
			args: [
				"logs",
				"--tail=50",
				name
			]
		});
		return `${stdout}${stderr}`.trim();
	} catch (error) {
		return `(its log can't be read: ${describeError(error)})`;
	}
}
// src/buildkit/workers.ts
async function probeWorkers(buildctl, address, exec) {
	const { stdout } = await exec(workersCommand(buildctl, address));
	return parseWorkers(stdout);
}
function workersCommand(buildctl, address) {
	return {
		program: buildctl,
		args: [
			`--addr=${address}`,
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
// src/tools.ts
const textLimit = 16777216;
function createTools(env) {
	const load = async () => {
		process.env["RUNNER_TEMP"] ||= join(tmpdir(), `multiarch-tools-${process.getuid?.() ?? "user"}`);
		process.env["RUNNER_TOOL_CACHE"] ||= join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "multiarch", "tools");
		mkdirSync(process.env["RUNNER_TEMP"], {
			recursive: true,
			mode: 448
		});
		return import("./tool-cache.js");
	};
	const onGithub = env["GITHUB_ACTIONS"] === "true";
	const quietly = async (work) => onGithub ? work() : withoutStdout(work);
	return {
		find: async ({ tool, version, arch }) => {
			const toolCache = await load();
			return await quietly(() => toolCache.find(tool, version, arch)) || void 0;
		},
		keep: async ({ tool, version, arch }, file, name) => {
			const toolCache = await load();
			return quietly(() => toolCache.cacheFile(file, name, tool, version, arch));
		},
		download: async (url) => {
			const toolCache = await load();
			return quietly(() => toolCache.downloadTool(url));
		},
		fetchText: async (url) => {
			const { HttpClient } = await import("./lib.js");
			const client = new HttpClient("multiarch", [], {
				socketTimeout: 2e4,
				maxRetries: 1
			});
			try {
				const response = await client.get(url);
				const status = response.message.statusCode;
				if (status !== 200) throw new WorkError(`GET ${url} answered ${status}`);
				let size = 0;
				response.message.on("data", (chunk) => {
					size += chunk.length;
					if (size > textLimit) response.message.destroy(/* @__PURE__ */ new Error(`${url} is larger than ${textLimit} bytes`));
				});
				return await response.readBody();
			} catch (error) {
				if (error instanceof WorkError) throw error;
				throw new WorkError(`GET ${url} failed`, { cause: error });
			} finally {
				client.dispose();
			}
		}
	};
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
// src/steps/setup/execute.ts
const staleMilliseconds = 21e3;
async function executeSetup(plan, ports) {
	const begin = performance.now();
	const { daemon, address } = plan;
	ports.state.update((state) => ({
		...state,
		builder: {
			container: daemon.name,
			address
		}
	}));
	try {
		const registered = timed(ports, "emulators registered", () => registerEmulators(plan, ports));
		const created = createDaemon(daemon.image, plan.create ?? [], ports.exec);
		const started = timed(ports, "BuildKit answers", async () => {
			await Promise.all([registered, created]);
			if (plan.create !== void 0) await startDaemon(daemon, ports.exec);
		});
		const [buildctl] = await allOrFirstFailure([
			timed(ports, "buildctl ready", () => provideBuildctl(plan, created, ports)),
			registered,
			started
		]);
		const platforms = await awaitPlatforms(plan, buildctl, ports);
		requirePlatforms$1(plan, platforms);
		ports.state.update((state) => ({
			...state,
			builder: {
				container: daemon.name,
				address,
				buildctl
			}
		}));
		const { version } = plan.buildctl;
		return {
			address,
			buildctl,
			version,
			platforms,
			seconds: (performance.now() - begin) / 1e3
		};
	} catch (error) {
		await discardDaemon(plan, ports);
		throw error;
	}
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
async function registerEmulators({ register }, ports) {
	if (register === void 0) return;
	ports.log.info(`registering emulators with ${register.image}`);
	try {
		const { stdout, stderr } = await ports.exec(register.command);
		ports.log.debug(`${stdout}${stderr}`.trim());
	} catch (error) {
		if (!(error instanceof ExecError)) throw error;
		throw new WorkError(`the emulators could not be registered with ${register.image}`, {
			cause: error,
			fix: dockerRunAdvice(error.stderr)
		});
	}
}
async function provideBuildctl(plan, created, ports) {
	const { asset, version, arch, fitsContainer } = plan.buildctl;
	if (asset !== void 0) try {
		return await obtainBuildctl(asset, {
			version,
			arch,
			tools: createTools(ports.env)
		});
	} catch (error) {
		if (!(error instanceof ReleaseUnavailableError) || !fitsContainer) throw error;
		ports.log.warning(`${describeError(error)}\nbuildctl is copied out of the BuildKit container instead`);
	}
	else if (!fitsContainer) throw new WorkError(`BuildKit ${version} has no buildctl for ${process.platform} on ${arch}`);
	await created;
	const program = join(dirname(ports.state.path), `multiarch-${plan.daemon.job}`, "buildctl");
	await mkdir(dirname(program), {
		recursive: true,
		mode: 448
	});
	await ports.exec({
		program: "docker",
		args: [
			"cp",
			`${plan.daemon.name}:/usr/bin/buildctl`,
			program
		]
	});
	await chmod(program, 493);
	return program;
}
async function awaitPlatforms(plan, buildctl, ports) {
	const mayBeStale = plan.register !== void 0 && plan.create === void 0;
	const end = performance.now() + (mayBeStale ? staleMilliseconds : 0);
	for (;;) {
		const platforms = await probeWorkers(buildctl, plan.address, ports.exec);
		if (missingPlatforms(plan, platforms).length === 0 || performance.now() > end) return platforms;
		ports.log.debug("the daemon does not know of the new emulators yet");
		await setTimeout$1(1e3);
	}
}
function requirePlatforms$1(plan, available) {
	const missing = plan.platforms.filter((wanted) => !available.some((platform) => canBuild(platform, wanted)));
	if (missing.length === 0) return;
	throw new WorkError(`BuildKit can't run programs for ${missing.map(formatPlatform).join(", ")} here; it can for ` + available.map(formatPlatform).join(", "), { fix: "the emulation image has no emulator for it, an old one is registered, or binfmt_misc is not mounted on the machine: try --emulation binfmt or another --binfmt-image, or run mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc" });
}
function missingPlatforms(plan, available) {
	return plan.platforms.filter((wanted) => !available.some((platform) => canBuild(platform, wanted)));
}
function canBuild(available, wanted) {
	if (samePlatform(available, wanted)) return true;
	const older = (platform) => Number(platform.variant?.slice(1) ?? 0);
	return wanted.architecture === "arm" && available.architecture === "arm" && available.os === wanted.os && older(wanted) <= older(available);
}
async function discardDaemon(plan, ports) {
	try {
		await exec(removeCommand(plan.daemon.name));
		ports.state.update(({ builder: _, ...state }) => state);
	} catch (error) {
		ports.log.warning(`the container ${plan.daemon.name} could not be removed: ${describeError(error)}`);
	}
}
// src/emulation/binfmt-image.ts
const linuxkitImage = "docker.io/linuxkit/binfmt:v0.8";
const tonistiigiImage = "docker.io/tonistiigi/binfmt:qemu-v10.2.3-68@sha256:400a4873b838d1b89194d982c45e5fb3cda4593fbfd7e08a02e76b03b21166f0";
function defaultBinfmtImage(hostArchitecture) {
	return hostArchitecture === "amd64" ? linuxkitImage : tonistiigiImage;
}
function binfmtFamily(image) {
	return /(^|\/)linuxkit\/binfmt([:@]|$)/.test(image) ? "linuxkit" : "tonistiigi";
}
function registerCommand(options) {
	const { image, architectures, job } = options;
	const run = [
		"run",
		"--rm",
		"--privileged",
		`--label=multiarch=${job}`,
		image
	];
	return {
		program: "docker",
		args: binfmtFamily(image) === "linuxkit" ? run : [
			...run,
			"--install",
			architectures.length === 0 ? "all" : architectures.join(",")
		]
	};
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
function foreignArchitectures(platforms, host) {
	const native = [host, ...alsoNative[host] ?? []];
	return [...new Set(platforms.map(({ architecture }) => architecture))].filter((architecture) => !native.includes(architecture));
}
function isRegistered(architecture, entries) {
	const name = `qemu-${qemuNames[architecture] ?? architecture}`;
	return entries.some((entry) => entry.name === name && entry.enabled && entry.flags.includes("F"));
}
// src/steps/setup/plan.ts
function planSetup(inputs, facts) {
	const { docker, earlier, host, state } = facts;
	const name = `multiarch-${state.job}`;
	const version = inputs.buildkitVersion;
	const daemon = {
		name,
		image: inputs.buildkitImage || `docker.io/moby/buildkit:${version}${imageDigests[version] ?? ""}`,
		job: state.job,
		...inputs.network === "" ? {} : { network: inputs.network },
		flags: inputs.buildkitdFlags,
		...inputs.buildkitdConfig === "" ? {} : { config: resolve(facts.cwd, inputs.buildkitdConfig) }
	};
	return {
		platforms: inputs.platforms,
		register: planRegistration(inputs, facts),
		daemon,
		create: planCreation(daemon, earlier),
		address: containerAddress(name),
		buildctl: {
			version,
			arch: host.arch,
			asset: releaseAsset({
				version,
				...host,
				mirror: inputs.downloadMirror
			}),
			fitsContainer: host.platform === "linux" && goArchitecture(host.arch) === docker.architecture
		}
	};
}
function planCreation(daemon, earlier) {
	if (earlier === void 0) return createCommands(daemon);
	return earlier.running && earlier.image === daemon.image ? void 0 : [removeCommand(daemon.name), ...createCommands(daemon)];
}
const imageDigests = { "v0.32.2": "@sha256:28a898719c18a33f4e8000685287fa36fd0dd9560c6440227d3a732d79bb41d8" };
function planRegistration(inputs, { docker, binfmt, state }) {
	const image = inputs.binfmtImage || defaultBinfmtImage(docker.architecture);
	const foreign = foreignArchitectures(inputs.platforms, docker.architecture);
	const missing = (inputs.platforms.length === 0 ? linuxkitArchitectures : foreign).filter((architecture) => architecture !== docker.architecture && !isRegistered(architecture, binfmt ?? []));
	if (inputs.emulation === "none" && foreign.length > 0 && (binfmt === void 0 || missing.length > 0)) throw new WorkError(`emulation is none, but ${inputs.platforms.filter(({ architecture }) => missing.includes(architecture)).map(formatPlatform).join(" and ")} can't run on this linux/${docker.architecture} machine without it`, { fix: "use emulation auto, or leave these platforms to a machine that runs them" });
	if (!(inputs.emulation === "binfmt" || inputs.emulation === "auto" && missing.length > 0)) return void 0;
	if (binfmtFamily(image) === "linuxkit" && docker.architecture !== "amd64") throw new WorkError(`${image} runs on amd64 machines only, and this one is ${docker.architecture}`, { fix: "leave binfmt-image out, or name a tonistiigi/binfmt image" });
	return {
		image,
		command: registerCommand({
			image,
			architectures: inputs.platforms.length === 0 ? [] : foreign,
			job: state.job
		})
	};
}
function goArchitecture(arch) {
	return {
		x64: "amd64",
		ia32: "386"
	}[arch] ?? arch;
}
function describeSetup(plan) {
	const { register, create, daemon, buildctl } = plan;
	return [
		...register === void 0 ? ["# no emulator needs to be registered"] : [formatCommand(register.command)],
		...create === void 0 ? ["# the daemon of an earlier setup is used"] : [...create, startCommand(daemon.name)].map(formatCommand),
		buildctl.asset === void 0 ? "# buildctl is copied out of the container" : `# buildctl ${buildctl.version} from the tool cache or ${buildctl.asset.url}`,
		`export BUILDKIT_HOST=${plan.address}`
	];
}
// src/emulation/binfmt-misc.ts
const mountPoint = "/proc/sys/fs/binfmt_misc";
function parseBinfmtEntry(name, text) {
	const value = (key) => text.split("\n").find((line) => line.startsWith(key))?.slice(key.length).trim() ?? "";
	return {
		name,
		enabled: /^enabled$/m.test(text),
		interpreter: value("interpreter "),
		flags: value("flags:")
	};
}
function readBinfmtEntries(folder = mountPoint) {
	let names;
	try {
		names = readdirSync(folder);
	} catch {
		return [];
	}
	return names.filter((name) => name !== "register" && name !== "status").flatMap((name) => {
		try {
			return [parseBinfmtEntry(name, readFileSync(join(folder, name), "utf8"))];
		} catch {
			return [];
		}
	});
}
// src/steps/setup/probe.ts
async function probeSetup(ports) {
	const { env, exec } = ports;
	const state = ports.state.read();
	const [docker, earlier] = await Promise.all([probeDocker(exec), probeEarlier(state, exec)]);
	return {
		docker,
		earlier,
		binfmt: isLocalEngine(env["DOCKER_HOST"]) ? readBinfmtEntries() : void 0,
		host: {
			platform: process.platform,
			arch: process.arch
		},
		cwd: ports.cwd,
		state
	};
}
async function probeEarlier(state, exec) {
	return state.builder === void 0 ? void 0 : inspectDaemon(state.builder.container, exec);
}
function isLocalEngine(dockerHost) {
	const address = dockerHost === void 0 || dockerHost === "" ? "unix://" : dockerHost;
	return process.platform === "linux" && address.startsWith("unix://");
}
// src/steps/setup/step.ts
const setupStep = {
	name: "setup",
	summary: "Register QEMU emulation, start BuildKit in a container, and get the buildctl that fits it.",
	inputs: setupInputs,
	outputs: {
		"buildkit-host": "Address of the daemon, also exported as BUILDKIT_HOST.",
		driver: "How the daemon runs: docker-container.",
		platforms: "Platforms that the daemon can build, comma-separated, its own first.",
		buildctl: "Path of buildctl, whose folder is put on PATH.",
		version: "BuildKit release of buildctl."
	},
	check: (inputs, { cwd }) => [...repeatedPlatforms("platforms", inputs.platforms), ...inputs.buildkitdConfig === "" || existsSync(resolve(cwd, inputs.buildkitdConfig)) ? [] : [`buildkitd-config: there is no file ${inputs.buildkitdConfig}`]],
	probe: (_inputs, ports) => probeSetup(ports),
	plan: planSetup,
	describe: describeSetup,
	foresee: ({ address, daemon }, { state }) => state.update((before) => ({
		...before,
		builder: {
			container: daemon.name,
			address,
			buildctl: "buildctl"
		}
	})),
	execute: executeSetup,
	report: ({ address, buildctl, platforms, seconds, version }) => ({
		outputs: {
			"buildkit-host": address,
			driver: "docker-container",
			platforms: platforms.map(formatPlatform).join(","),
			buildctl,
			version
		},
		variables: { BUILDKIT_HOST: address },
		paths: [dirname(buildctl)],
		lines: [`BuildKit ${version} at ${address} after ${seconds.toFixed(1)} s; it builds ` + platforms.map(formatPlatform).join(", ")]
	})
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
// src/buildkit/csv.ts
function formatCsv(fields) {
	if (fields.length === 1 && fields[0] === "") return "\"\"";
	return fields.map((field) => /[",\r\n]/.test(field) ? `"${field.replaceAll("\"", "\"\"")}"` : field).join(",");
}
// src/buildkit/buildctl.ts
function solveCommand(solve) {
	const { buildctl, address, platform, context, file, target, buildArgs, repositories, metadataFile } = solve;
	return {
		program: buildctl,
		args: [
			`--addr=${address}`,
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
	const [own] = facts.workers;
	const platforms = inputs.platforms.length > 0 ? inputs.platforms : own === void 0 ? [] : [own];
	if (platforms.length === 0) throw new WorkError("the daemon's own platform is not known, because it can't be asked", { fix: "name the platforms" });
	const { address, buildctl, context, file } = facts;
	return {
		repositories: inputs.image,
		solves: platforms.map((platform) => ({
			address,
			buildctl,
			context,
			file,
			platform,
			repositories: inputs.image,
			buildArgs: inputs.buildArgs.map((argument) => argument.includes("=") ? argument : `${argument}=${facts.env[argument] ?? ""}`),
			...inputs.target === "" ? {} : { target: inputs.target },
			emulated: own !== void 0 && foreignArchitectures([platform], own.architecture).length > 0
		}))
	};
}
function describeBuild({ solves }) {
	return solves.map((solve) => formatCommand(solveCommand({
		...solve,
		metadataFile: "METADATA_FILE"
	})));
}
// src/steps/build/probe.ts
async function probeBuild(inputs, ports) {
	const { builder } = ports.state.read();
	const address = inputs.builder || ports.env["BUILDKIT_HOST"] || builder?.address;
	if (address === void 0 || address === "") throw new WorkError("there is no BuildKit daemon to build with", { fix: "run setup before build, or set BUILDKIT_HOST or builder to the address of one" });
	const buildctl = builder?.buildctl ?? "buildctl";
	return {
		address,
		buildctl,
		workers: await askDaemon(buildctl, address, ports),
		...buildPaths(inputs, ports.cwd),
		env: namedArguments(inputs.buildArgs, ports)
	};
}
async function askDaemon(buildctl, address, ports) {
	try {
		return await probeWorkers(buildctl, address, ports.exec);
	} catch (error) {
		if (ports.dryRun) return [];
		if (error instanceof ProgramMissingError) throw new WorkError("buildctl was not found", {
			cause: error,
			fix: "run setup before build, which fetches it, or put buildctl on PATH"
		});
		if (!(error instanceof ExecError)) throw error;
		throw new WorkError(`the BuildKit daemon at ${address} does not answer`, {
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
	check: ({ platforms }) => repeatedPlatforms("platforms", platforms)
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
		const client = createRegistryClient({
			env,
			log,
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
			container: builder?.container,
			commands: builder === void 0 ? [] : [removeCommand(builder.container)],
			folder: join(dirname(state.path), `multiarch-${job}`)
		};
	},
	plan: (_inputs, facts) => facts,
	describe: ({ commands }) => commands.length === 0 ? ["# there is nothing to remove"] : commands.map(formatCommand),
	execute: async ({ commands, container, folder }, { exec, log, state }) => {
		for (const command of commands) try {
			await exec(command);
		} catch (error) {
			log.warning(`the container ${container} could not be removed: ${describeError(error)}`);
			return { removed: false };
		}
		await rm(folder, {
			recursive: true,
			force: true
		});
		state.remove();
		return { removed: commands.length > 0 };
	},
	report: ({ removed }, { container }) => ({
		outputs: {},
		variables: {},
		paths: [],
		lines: removed ? [`removed the container ${container}`] : []
	})
};
export { run as a, stepJob as c, WorkError as d, describeError as f, setupStep as i, exec as l, publishJob as n, multiarchInputs as o, buildStep as r, performStep as s, teardownStep as t, InputError as u };
