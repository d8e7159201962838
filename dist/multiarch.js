#!/usr/bin/env node
import { G as setupStep, H as publishStep, K as run, U as buildStep, V as teardownStep, q as multiarchInputs, ut as exec, vt as describeError } from "./shared.js";
// src/steps/multiarch/step.ts
const multiarchStep = {
	name: "multiarch",
	summary: "Build one Dockerfile for several platforms and put one tag over them.",
	words: [
		"setup",
		"build",
		"publish-manifest",
		"teardown"
	],
	inputs: multiarchInputs,
	outputs: {
		...publishStep.outputs,
		descriptors: buildStep.outputs["descriptors"] ?? "",
		metadata: buildStep.outputs["metadata"] ?? ""
	},
	check: (inputs, ports) => [
		...setupStep.check(inputs, ports),
		...buildStep.check({
			...inputs,
			builder: ""
		}, ports),
		...publishStep.check({
			...inputs,
			descriptors: ""
		}, ports)
	],
	perform: async (inputs, ports) => {
		try {
			const setup = await setupStep.perform(inputs, {
				...ports,
				jobProcess: process.pid
			});
			const build = await buildStep.perform({
				...inputs,
				builder: ""
			}, ignoringBuilder(ports));
			const publish = await publishStep.perform({
				...inputs,
				descriptors: ""
			}, ports);
			return {
				step: "multiarch",
				outputs: {
					...build.outputs,
					...publish.outputs
				},
				...inputs.keep ? {
					variables: setup.variables,
					paths: setup.paths
				} : {
					variables: {},
					paths: []
				}
			};
		} finally {
			if (!inputs.keep && !ports.dryRun) await tearDown(ports);
		}
	}
};
function ignoringBuilder(ports) {
	const { BUILDKIT_HOST: _, ...env } = ports.env;
	return {
		...ports,
		env
	};
}
async function tearDown(ports) {
	const uncancelled = {
		...ports,
		exec,
		signal: new AbortController().signal
	};
	try {
		await teardownStep.perform({}, uncancelled);
	} catch (error) {
		ports.log.warning(`the clean-up failed: ${describeError(error)}`);
	}
}
// src/multiarch.ts
const [word] = process.argv.slice(2);
const step = word === void 0 ? void 0 : {
	setup: () => import("./setup.js"),
	build: () => import("./build.js"),
	"publish-manifest": () => import("./publish-manifest.js"),
	teardown: () => import("./teardown.js")
}[word];
if (step === void 0) await run(multiarchStep);
else {
	process.argv.splice(2, 1);
	await step();
}
export {};
