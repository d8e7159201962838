#!/usr/bin/env node
import { C as multiarchInputs, D as exec, M as describeError, S as run, c as teardownStep, d as setupStep, l as publishJob, u as buildStep, w as performStep } from "./shared.js";
// src/steps/multiarch/job.ts
const multiarchJob = {
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
		...publishJob.outputs,
		descriptors: buildStep.outputs["descriptors"] ?? "",
		metadata: buildStep.outputs["metadata"] ?? ""
	},
	check: (inputs, ports) => [
		...setupStep.check(inputs, ports),
		...buildStep.check({
			...inputs,
			builder: ""
		}, ports),
		...publishJob.check({
			...inputs,
			descriptors: ""
		}, ports)
	],
	perform: async (inputs, ports) => {
		try {
			const setup = await performStep(setupStep, inputs, {
				...ports,
				jobProcess: process.pid
			});
			const build = await performStep(buildStep, {
				...inputs,
				builder: ""
			}, ignoringBuilder(ports));
			const publish = await publishJob.perform({
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
		await performStep(teardownStep, {}, uncancelled);
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
if (step === void 0) await run(multiarchJob);
else {
	process.argv.splice(2, 1);
	await step();
}
export {};
