import { A as boundSummary, An as WorkError, dn as joinLines, mn as neutralise, on as createStreamHost } from "./shared.js";
import { appendFileSync, statSync } from "node:fs";
import { randomUUID } from "node:crypto";
// src/host/github.ts
const summaryBytes = 1048576;
function createGithubHost(world) {
	const { env, printsResults } = world;
	const print = printsResults ? world.stderr : world.stdout;
	return createStreamHost("github", world, {
		syntax: githubSyntax,
		debug: true,
		print,
		announceSecret: (secret) => {
			if (printsResults) return;
			for (const text of /* @__PURE__ */ new Set([secret, neutralise(secret)])) if (text.trim() !== "") print(`${command("add-mask", text)}\n`);
		},
		handOn: (outputs) => writeRunnerFiles(outputs, env),
		summary: (markdown) => {
			const path = env["GITHUB_STEP_SUMMARY"];
			if (path !== void 0 && path !== "") appendSummary(path, markdown);
		}
	});
}
const githubSyntax = {
	debug: (text) => command("debug", text),
	info: (text) => text,
	warning: (text, about) => command("warning", text, about),
	error: (text, about) => command("error", text, about),
	group: (title, body) => joinLines(command("group", title), body, command("endgroup", "")),
	untrusted: (title, body) => {
		const token = randomUUID();
		const guarded = joinLines(command("stop-commands", token), body, command(token, ""));
		return joinLines(command("group", title), guarded, command("endgroup", ""));
	}
};
function command(name, data, { endLine, file, line, title } = {}) {
	const properties = Object.entries({
		file,
		line,
		endLine,
		title
	}).flatMap(([key, value]) => value === void 0 ? [] : [`${key}=${escapeProperty(String(value))}`]).join(",");
	return `::${name}${properties === "" ? "" : ` ${properties}`}::${escapeData(data)}`;
}
function escapeData(text) {
	return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
function escapeProperty(text) {
	return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
async function writeRunnerFiles({ outputs, paths, variables }, env) {
	const core = await import("./core.js");
	const has = (file) => (env[file] ?? "") !== "";
	try {
		if (has("GITHUB_OUTPUT")) for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value);
		if (has("GITHUB_ENV")) for (const [name, value] of Object.entries(variables)) core.exportVariable(name, value);
		if (has("GITHUB_PATH")) for (const path of paths) core.addPath(path);
	} catch (error) {
		throw new WorkError("the outputs can't be written to the runner's files", {
			cause: error,
			fix: "is the disk full, or does GITHUB_OUTPUT, GITHUB_ENV or GITHUB_PATH name a file of another user?"
		});
	}
}
function appendSummary(path, markdown) {
	const used = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
	appendFileSync(path, boundSummary(markdown.endsWith("\n") ? markdown : `${markdown}\n`, summaryBytes - used));
}
export { createGithubHost };
