import { an as createStreamHost, cn as renderShell, gn as namedEnvFile, hn as appendToEnvFile, sn as renderDotenv } from "./shared.js";
// src/host/drone.ts
function createDroneHost(world) {
	const { env } = world;
	return createStreamHost("drone", world, { handOn: (outputs) => {
		appendToEnvFile(namedEnvFile(env), renderShell(outputs));
		appendToEnvFile(env["DRONE_OUTPUT"], renderDotenv(outputs));
	} });
}
export { createDroneHost };
