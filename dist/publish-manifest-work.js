import { M as samePlatform, O as formatPlatform, d as isAttestation, n as buildIndex, t as parseImageConfig, w as withTarget, x as formatReference } from "./oci.js";
import { Jt as performWork, T as renderTable, _t as resolveRegistries, ot as parseDescriptors, un as WorkError, w as formatBytes } from "./shared.js";
import { t as withRegistryClient } from "./registry.js";
import { t as findTargets } from "./tags.js";
// src/steps/publish-manifest/execute.ts
async function executePublish(plan, ports, client) {
	const { index, targets } = plan;
	if (index === void 0) throw new WorkError("there are no images to publish");
	await Promise.all(targets.map(({ repository }) => client.putManifest(withTarget(repository, { digest: index.digest }), index.bytes, index.mediaType)));
	const moved = [];
	try {
		for (const tag of targets.flatMap(({ tags }) => tags)) {
			ports.signal.throwIfAborted();
			await client.putManifest(tag, index.bytes, index.mediaType);
			moved.push(tag);
		}
		await Promise.all(moved.map((tag) => requireDigest(tag, index, client)));
	} catch (error) {
		if (moved.length > 0) ports.log.warning(`these tags point at ${index.digest} already: ${moved.map(formatReference).join(", ")}`);
		throw error;
	}
	return {
		index,
		tags: moved
	};
}
async function requireDigest(tag, index, client) {
	const { descriptor } = await client.getManifest(tag);
	if (descriptor.digest === index.digest) return;
	throw new WorkError(`${formatReference(tag)} was set to ${index.digest}, but the registry answers ${descriptor.digest}`, { fix: "another job published this tag at the same time: let only one of them do it" });
}
// src/steps/publish-manifest/plan.ts
function planPublish(inputs, facts) {
	const { children, previous, targets } = facts;
	const images = children.filter(({ descriptor }) => !isAttestation(descriptor));
	if (images.length > 0) requirePlatforms(inputs.platforms, images);
	return {
		images,
		previous,
		index: images.length === 0 ? void 0 : buildIndex({
			children: children.map(({ descriptor }) => descriptor),
			order: inputs.platforms
		}),
		targets
	};
}
function requirePlatforms(required, images) {
	if (required.length === 0) return;
	const wanted = required.map(formatPlatform);
	const there = images.flatMap(({ descriptor: { platform } }) => platform ? [formatPlatform(platform)] : []);
	const missing = wanted.filter((platform) => !there.includes(platform));
	const unexpected = there.filter((platform) => !wanted.includes(platform));
	if (missing.length === 0 && unexpected.length === 0) return;
	throw new WorkError([
		"the images are not those that platforms names; nothing was tagged",
		...missing.length === 0 ? [] : [`missing: ${missing.join(", ")}`],
		...unexpected.length === 0 ? [] : [`not asked for: ${unexpected.join(", ")}`]
	].join("\n"), { fix: "build the same platforms that you publish" });
}
function describePublish({ index, targets, previous }) {
	const moves = targets.flatMap(({ tags }) => tags.map(formatReference).map((tag) => `tag ${tag} (now ${previous[tag] ?? "absent"})`));
	if (index === void 0) return ["# an index over the images that build makes", ...moves];
	return [
		`push ${index.mediaType} ${index.digest}:`,
		...new TextDecoder().decode(index.bytes).split("\n"),
		...moves
	];
}
// src/steps/publish-manifest/probe.ts
async function probePublish({ client, inputs, targets }, ports) {
	const [home, ...others] = targets.map(({ repository }) => repository);
	if (home === void 0) throw new WorkError("there is no repository to publish to");
	const descriptors = findDescriptors(inputs, home, ports);
	const [children, previous] = await Promise.all([
		Promise.all(descriptors.map((descriptor) => readChild(descriptor, home, client))),
		readTags(targets, client),
		requireEverywhere(descriptors, others, client)
	]);
	return {
		targets,
		children: children.flat(),
		previous
	};
}
function findDescriptors(inputs, home, ports) {
	if (inputs.descriptors !== "") return parseDescriptors(inputs.descriptors);
	const built = ports.state.read().builds[formatReference(home)];
	if (built === void 0 && ports.dryRun) return [];
	if (built === void 0) throw new WorkError(`nothing was built for ${formatReference(home)} in this job`, { fix: "run build with the same image before, or pass its output as descriptors" });
	return built;
}
async function readChild(descriptor, home, client) {
	const reference = withTarget(home, { digest: descriptor.digest });
	const { descriptor: found, manifest } = await client.getManifest(reference);
	if (manifest.kind === "index") {
		const said = descriptor.platform === void 0 ? {} : { platform: descriptor.platform };
		const nested = manifest.manifests.map((entry) => isAttestation(entry) ? Promise.resolve([{
			descriptor: entry,
			imageSize: 0
		}]) : readChild({
			...entry,
			...said
		}, home, client));
		return (await Promise.all(nested)).flat();
	}
	const name = formatReference(reference);
	const config = await client.getBlob(home, manifest.config.digest);
	const { platform } = parseImageConfig(config, `the config of ${name}`);
	if (platform === void 0) throw new WorkError(`the config of ${name} does not say for which platform it is`);
	if (descriptor.platform !== void 0 && !samePlatform(descriptor.platform, platform)) throw new WorkError(`${name} was to be for ${formatPlatform(descriptor.platform)}, but its config says ${formatPlatform(platform)}`, { fix: "nothing was tagged: check the Dockerfile's FROM --platform, or build this platform again" });
	const layers = manifest.layers.reduce((sum, { size }) => sum + size, 0);
	return [{
		descriptor: {
			...found,
			...annotationsOf(descriptor),
			platform
		},
		imageSize: found.size + manifest.config.size + layers
	}];
}
function annotationsOf({ annotations }) {
	return annotations === void 0 ? {} : { annotations };
}
async function requireEverywhere(descriptors, repositories, client) {
	const references = repositories.flatMap((repository) => descriptors.map(({ digest }) => withTarget(repository, { digest })));
	const found = await Promise.all(references.map((reference) => client.headManifest(reference)));
	const missing = references.filter((_, index) => found[index] === void 0).map(formatReference);
	if (missing.length > 0) throw new WorkError(`these images are not there; nothing was tagged:\n${missing.join("\n")}`, { fix: "build for all repositories in one call: --image first,second" });
}
async function readTags(targets, client) {
	const references = targets.flatMap(({ tags }) => tags);
	const found = await Promise.all(references.map((reference) => client.headManifest(reference)));
	return Object.fromEntries(references.flatMap((reference, index) => {
		const descriptor = found[index];
		return descriptor === void 0 ? [] : [[formatReference(reference), descriptor.digest]];
	}));
}
// src/steps/publish-manifest/work.ts
function createPublishWork(client, targets) {
	return {
		probe: (inputs, ports) => probePublish({
			inputs,
			targets,
			client
		}, ports),
		plan: planPublish,
		describe: describePublish,
		execute: (plan, ports) => executePublish(plan, ports, client),
		report: ({ index, tags }, { images, previous }) => ({
			outputs: {
				digest: index.digest,
				tags: tags.map(formatReference).join("\n"),
				index: new TextDecoder().decode(index.bytes),
				previous: JSON.stringify(previous)
			},
			variables: {},
			paths: [],
			lines: [...renderTable([[
				"platform",
				"digest",
				"size"
			], ...images.map(({ descriptor: { platform, digest }, imageSize }) => [
				platform === void 0 ? "" : formatPlatform(platform),
				digest,
				formatBytes(imageSize)
			])]), ...tags.map((tag) => `${formatReference(tag)} → ${index.digest}`)]
		})
	};
}
async function performPublish(inputs, ports) {
	const given = resolveRegistries(inputs.registries, ports.cwd);
	const registries = given.length > 0 ? given : ports.state.read().registries ?? [];
	const { targets } = await findTargets(inputs, ports);
	const pushTo = targets.map(({ repository }) => repository);
	return withRegistryClient({
		registries,
		pushTo
	}, ports, (client) => performWork("publish-manifest", createPublishWork(client, targets), inputs, ports));
}
export { performPublish };
