// src/host/github.ts
async function createGithubHost() {
	const core = await import("./core.js");
	return {
		name: "github",
		log: {
			debug: core.debug,
			info: core.info,
			warning: (message) => core.warning(message),
			error: (message) => core.error(message),
			group: (title, lines) => {
				core.startGroup(title);
				core.info(lines.join("\n"));
				core.endGroup();
			}
		},
		mask: core.setSecret,
		emit: ({ outputs, variables, paths }) => {
			for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value);
			for (const [name, value] of Object.entries(variables)) core.exportVariable(name, value);
			for (const path of paths) core.addPath(path);
		}
	};
}
export { createGithubHost };
