import { gn as appendToEnvFile, ln as renderShell, on as createStreamHost } from "./shared.js";
// src/host/circleci.ts
function createCircleciHost(world) {
	return createStreamHost("circleci", world, { handOn: (outputs) => {
		appendToEnvFile(world.env["BASH_ENV"], renderShell(outputs));
	} });
}
export { createCircleciHost };
