import { _n as namedEnvFile, gn as appendToEnvFile, on as createStreamHost, un as stepVariables } from "./shared.js";
// src/host/jenkins.ts
function createJenkinsHost(world) {
	return createStreamHost("jenkins", world, { handOn: (outputs) => {
		const lines = stepVariables(outputs).map(([name, value]) => `${name}=${escape(value)}\n`);
		appendToEnvFile(namedEnvFile(world.env), lines.join(""));
	} });
}
function escape(value) {
	return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("	", "\\t").replace(/^ /, "\\ ").replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
export { createJenkinsHost };
