import { an as createStreamHost, hn as appendToEnvFile, sn as renderDotenv } from "./shared.js";
// src/host/bitbucket.ts
function createBitbucketHost(world) {
	return createStreamHost("bitbucket", world, { handOn: (outputs) => {
		appendToEnvFile(world.env["BITBUCKET_PIPELINES_VARIABLES_PATH"], renderDotenv(outputs));
	} });
}
export { createBitbucketHost };
