import { C as removeCommand, Tn as formatCommand, jn as describeError, rn as jobFolder, t as removeDaemon } from "./shared.js";
import { rm } from "node:fs/promises";
// src/steps/teardown/work.ts
const teardownWork = {
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
		let removed;
		try {
			removed = await removeDaemon(removal, {
				exec: ports.exec,
				job: ports.state.read().job
			});
		} catch (error) {
			ports.log.warning(`BuildKit could not be removed: ${describeError(error)}`);
			return { removed: false };
		}
		await rm(folder, {
			recursive: true,
			force: true
		});
		ports.state.remove();
		return { removed };
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
export { teardownWork };
