import { _n as namedEnvFile, cn as renderDotenv, gn as appendToEnvFile, ln as renderShell, on as createStreamHost } from "./shared.js";
// src/host/drone.ts
function createDroneHost(world) {
	const { env } = world;
	return createStreamHost("drone", world, { handOn: (outputs) => {
		appendToEnvFile(namedEnvFile(env), renderShell(outputs));
		appendToEnvFile(env["DRONE_OUTPUT"], renderDotenv(outputs));
	} });
}
export { createDroneHost };
