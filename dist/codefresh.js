import { gn as appendToEnvFile, on as createStreamHost, sn as oneLine, un as stepVariables } from "./shared.js";
import { join } from "node:path";
// src/host/codefresh.ts
function createCodefreshHost(world) {
	return createStreamHost("codefresh", world, { handOn: (outputs, log) => {
		const volume = world.env["CF_VOLUME_PATH"] ?? "";
		if (volume === "") return;
		const variables = stepVariables(outputs);
		const [taken, refused] = [false, true].map((isReference) => variables.filter(([, value]) => value.includes("${{") === isReference));
		for (const [name] of refused ?? []) log.warning(`${name} is not handed on: Codefresh would expand \${{ in it`);
		const lines = (taken ?? []).map(([name, value]) => `${name}=${oneLine(value)}\n`).join("");
		appendToEnvFile(join(volume, "env_vars_to_export"), lines);
	} });
}
export { createCodefreshHost };
