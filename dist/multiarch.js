#!/usr/bin/env node
import { Sn as exec, at as withOutputTargets, dt as run, ft as multiarchInputs, it as pushes, jn as describeError, lt as buildStep, ot as teardownStep, rt as loads, st as publishStep, ut as setupStep } from "./shared.js";
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
		...buildStep.outputs,
		...publishStep.outputs
	},
	check: async (inputs, ports) => {
		const { build, publish, setup } = splitInputs(inputs);
		return [
			...await setupStep.check(setup, ports),
			...await buildStep.check(build, ports),
			...publish === void 0 ? [] : await publishStep.check(publish, ports)
		];
	},
	perform: async (inputs, ports) => {
		const { build, publish, setup } = splitInputs(inputs);
		try {
			const prepared = await setupStep.perform(setup, {
				...ports,
				jobProcess: process.pid
			});
			const built = await buildStep.perform(build, ignoringBuilder(ports));
			const published = publish === void 0 ? void 0 : await publishStep.perform(publish, ports);
			return joinOutputs(inputs.keep, prepared, built, published);
		} finally {
			if (!inputs.keep && !ports.dryRun) await tearDown(ports);
		}
	}
};
const onlyBuilt = {
	descriptors: "",
	descriptorsFile: [],
	sources: [],
	handoff: "none",
	wait: 0,
	annotations: []
};
function splitInputs(given) {
	const inputs = withOutputTargets(given);
	const platforms = inputs.platforms.map(({ platform }) => platform);
	const here = inputs.platforms.filter(({ builder }) => builder === void 0);
	return {
		setup: {
			...inputs,
			platforms: here.map(({ platform }) => platform),
			allow: inputs.network === "host" ? [...inputs.allow, "network.host"] : inputs.allow
		},
		build: {
			...inputs,
			builder: void 0
		},
		publish: publishes(inputs) ? {
			...inputs,
			...onlyBuilt,
			platforms
		} : void 0
	};
}
function publishes(inputs) {
	const { call, image, outputs, push, tags } = inputs;
	const asksNothing = push === void 0 && image.length + tags.length + outputs.length === 0 && !loads(inputs);
	return call === "build" && (asksNothing || pushes(inputs));
}
function joinOutputs(keep, { paths, variables }, built, published) {
	return {
		step: "multiarch",
		outputs: {
			...built.outputs,
			...published?.outputs
		},
		summary: [built.summary, published?.summary].filter(Boolean).join("\n"),
		...keep ? {
			variables,
			paths
		} : {
			variables: {},
			paths: []
		}
	};
}
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
