import { cn as renderDotenv, gn as appendToEnvFile, on as createStreamHost } from "./shared.js";
// src/host/bitbucket.ts
function createBitbucketHost(world) {
	return createStreamHost("bitbucket", world, { handOn: (outputs) => {
		appendToEnvFile(world.env["BITBUCKET_PIPELINES_VARIABLES_PATH"], renderDotenv(outputs));
	} });
}
export { createBitbucketHost };
