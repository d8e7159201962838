import { _n as namedEnvFile, dn as joinLines, fn as plainSyntax, gn as appendToEnvFile, on as createStreamHost, sn as oneLine, un as stepVariables } from "./shared.js";
import { statSync } from "node:fs";
// src/host/gitlab.ts
const dotenvBytes = 5120;
function createGitlabHost(world) {
	return createStreamHost("gitlab", world, {
		syntax: gitlabSyntax(world.now),
		handOn: (outputs, log) => {
			const path = namedEnvFile(world.env);
			if (path !== void 0) writeDotenvReport(path, outputs, log);
		}
	});
}
function gitlabSyntax(now) {
	let count = 0;
	const section = (title, body, options) => {
		const time = now();
		const name = `multiarch_${time}_${++count}`;
		const mark = (edge) => `\u001b[0Ksection_${edge}:${Math.floor(time / 1e3)}:${name}`;
		return joinLines(`${mark("start")}${options}\r\u001b[0K${title}`, body, `${mark("end")}\r\u001b[0K`);
	};
	return {
		...plainSyntax,
		group: (title, body) => section(title, body, ""),
		untrusted: (title, body) => section(title, body, "[collapsed=true]")
	};
}
function writeDotenvReport(path, outputs, log) {
	let room = 5119 - (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
	const lines = [];
	for (const [name, value] of stepVariables(outputs)) {
		const line = `${name}=${oneLine(value).replaceAll("$", () => "$$")}\n`;
		const size = Buffer.byteLength(line);
		if (size > room) {
			log.warning(`${name} is not in ${path}: GitLab refuses dotenv reports of ${dotenvBytes} bytes or more`);
			continue;
		}
		room -= size;
		lines.push(line);
	}
	appendToEnvFile(path, lines.join(""));
}
export { createGitlabHost };
