import { Qt as neutralise } from "./shared.js";
import { randomUUID } from "node:crypto";
// src/host/github.ts
async function createGithubHost() {
	const core = await import("./core.js");
	const print = (text) => core.info(neutralise(text));
	const annotate = (command) => (message, about = {}) => command(neutralise(message), {
		...about.title === void 0 ? {} : { title: neutralise(about.title) },
		...about.file === void 0 ? {} : { file: about.file },
		...about.line === void 0 ? {} : { startLine: about.line },
		...about.endLine === void 0 ? {} : { endLine: about.endLine }
	});
	return {
		name: "github",
		log: {
			debug: (message) => core.debug(neutralise(message)),
			info: print,
			warning: annotate(core.warning),
			error: annotate(core.error),
			group: (title, lines) => {
				core.startGroup(neutralise(title));
				print(lines.join("\n"));
				core.endGroup();
			},
			untrusted: (title, lines) => {
				const token = randomUUID();
				core.startGroup(neutralise(title));
				core.info(`::stop-commands::${token}`);
				print(lines.join("\n"));
				core.info(`::${token}::`);
				core.endGroup();
			}
		},
		mask: (secret) => {
			for (const text of /* @__PURE__ */ new Set([secret, neutralise(secret)])) if (text.trim() !== "") core.setSecret(text);
		},
		emit: ({ outputs, variables, paths }) => {
			for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value);
			for (const [name, value] of Object.entries(variables)) core.exportVariable(name, value);
			for (const path of paths) core.addPath(path);
		}
	};
}
export { createGithubHost };
