import { ft as formatCommand, ot as jobFolder, s as removeCommand, vt as describeError } from "./shared.js";
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
export { teardownWork };
