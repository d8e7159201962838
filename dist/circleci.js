import { an as createStreamHost, cn as renderShell, hn as appendToEnvFile } from "./shared.js";
// src/host/circleci.ts
function createCircleciHost(world) {
	return createStreamHost("circleci", world, { handOn: (outputs) => {
		appendToEnvFile(world.env["BASH_ENV"], renderShell(outputs));
	} });
}
export { createCircleciHost };
