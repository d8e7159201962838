import { A as boundSummary, dn as joinLines, on as createStreamHost, un as stepVariables } from "./shared.js";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";
// src/host/azure.ts
const summaryBytes = 1048576;
function createAzureHost(world) {
	const { env, printsResults } = world;
	const print = printsResults ? world.stderr : world.stdout;
	const say = (...words) => print(`${command(...words)}\n`);
	return createStreamHost("azure", world, {
		syntax: azureSyntax,
		debug: world.debug || /^true$/i.test(env["SYSTEM_DEBUG"] ?? ""),
		print,
		announceSecret: (secret) => {
			if (printsResults) return;
			const [first = "", ...others] = secret.split(/[\r\n]+/).map((line) => line.trim());
			const lines = others.length === 0 ? [first] : [first, ...others].filter((line) => line.length >= 4);
			for (const line of new Set(lines)) if (line !== "") say("task.setsecret", {}, line);
		},
		handOn: (outputs) => {
			for (const [variable, value] of stepVariables(outputs)) {
				say("task.setvariable", { variable }, value);
				say("task.setvariable", {
					variable,
					isoutput: "true"
				}, value);
			}
			for (const path of outputs.paths) say("task.prependpath", {}, path);
		},
		summary: (markdown) => {
			const folder = mkdtempSync(join(env["AGENT_TEMPDIRECTORY"] || tmpdir(), "multiarch-summary-"));
			const path = join(folder, "multiarch.md");
			writeFileSync(path, boundSummary(markdown, summaryBytes));
			say("task.uploadsummary", {}, path);
		}
	});
}
const azureSyntax = {
	debug: (text) => eachLine("##[debug]", text),
	info: (text) => text,
	warning: (text, about) => logIssue("warning", text, about),
	error: (text, about) => logIssue("error", text, about),
	group: foldable,
	untrusted: foldable
};
function foldable(title, body) {
	return joinLines(`##[group]${title}`, body, "##[endgroup]");
}
function eachLine(prefix, text) {
	return text.replaceAll(/^/gm, prefix);
}
function logIssue(type, text, { file, line }) {
	return command("task.logissue", {
		type,
		...file === void 0 ? {} : { sourcepath: file },
		...line === void 0 ? {} : { linenumber: String(line) }
	}, text);
}
function command(name, properties, data) {
	const listed = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(value)};`);
	return `##vso[${name}${listed.length === 0 ? "" : ` ${listed.join("")}`}]${escapeData(data)}`;
}
function escapeData(text) {
	return text.replaceAll("%", "%AZP25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
function escapeProperty(text) {
	return escapeData(text).replaceAll("]", "%5D").replaceAll(";", "%3B");
}
export { createAzureHost };
