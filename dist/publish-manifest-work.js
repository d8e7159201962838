import { n as layoutPath } from "./reference.js";
import { A as comparePlatforms, C as formatReference, E as withTarget, F as samePlatform, N as normalizePlatform, _ as parseJsonObject, a as isDockerType, c as manifestMediaTypes, f as attestationSubject, j as formatPlatform, n as buildIndex, o as isIndexType, p as isAttestation, t as parseImageConfig } from "./oci.js";
import { An as WorkError, D as renderTable, E as formatBytes, f as stagingPrefix, jn as describeError, k as renderMarkdownTable, mt as readDescriptorFiles, nn as performWork, p as stagingTag, pt as parseDescriptors, wt as resolveRegistries } from "./shared.js";
import { b as RegistryError, l as backoff, t as withRegistryClient, w as parseManifest } from "./registry.js";
import { t as findTargets } from "./tags.js";
import { setTimeout } from "node:timers/promises";
// src/steps/publish-manifest/describe.ts
function describePublish(plan) {
	const { absent, index, moves, referrers, warnings } = plan;
	if (index === void 0) return ["# an index over the images that build makes", ...moves.map(describeMove)];
	const copies = Object.entries(absent).flatMap(([repository, children]) => children.map(({ descriptor: { digest }, home }) => `copy ${formatReference(withTarget(home, { digest }))} to ${repository}`));
	return [
		...warnings.map((warning) => `# ${warning}`),
		...changes(plan) ? copies : [],
		...referrers.map(({ descriptor: { digest } }) => `put the attestation ${digest} beside the index`),
		`${changes(plan) ? "push" : "# nothing changes:"} ${index.mediaType} ${index.digest}:`,
		...new TextDecoder().decode(index.bytes).split("\n"),
		...moves.map(describeMove)
	];
}
function changes({ moves }) {
	return moves.some(({ action }) => action === "move");
}
function describeMove({ action, before, tag }) {
	const now = before?.digest ?? "absent";
	return action === "move" ? `tag ${formatReference(tag)} (now ${now})` : `# ${action} ${formatReference(tag)} (${now})`;
}
// src/steps/publish-manifest/copy-children.ts
const foreign = /\.foreign\.|\.nondistributable\./;
async function copyChildren(absent, client, log) {
	await Promise.all(absent.map(({ child, to }) => copyChild(child, to, client, log)));
}
async function copyChild(child, to, client, log) {
	const { digest } = child.descriptor;
	const from = withTarget(child.home, { digest });
	const fetched = child.fetched ?? await client.getManifest(from);
	const manifest = parseManifest(fetched.bytes, formatReference(from), fetched.descriptor.mediaType);
	const blobs = manifest.kind === "manifest" ? [manifest.config, ...manifest.layers.filter(({ mediaType }) => !foreign.test(mediaType))] : [];
	const arrivals = await Promise.all(blobs.map((blob) => client.copyBlob(child.home, to, blob)));
	await client.putManifest(withTarget(to, { digest }), fetched.bytes, fetched.descriptor.mediaType);
	const counts = /* @__PURE__ */ new Map();
	for (const arrival of arrivals) counts.set(arrival, (counts.get(arrival) ?? 0) + 1);
	const how = Array.from(counts, ([arrival, count]) => `${count} ${arrival}`).join(", ");
	log.info(`copied ${formatReference(from)} to ${formatReference(to)} (blobs: ${how})`);
}
// src/steps/publish-manifest/push-index.ts
const maxTries = 6;
const patience = 3e4;
async function pushIndex(reference, index, { client, clock }, { log }) {
	const end = clock.now() + patience;
	for (let tries = 1;; tries++) try {
		await client.putManifest(reference, index.bytes, index.mediaType);
		return;
	} catch (error) {
		if (!missesChild(error)) throw error;
		const missing = await missingChildren(reference, index, client);
		if (missing.length > 0) throw new WorkError(`${formatReference(withTarget(reference))} lacks images of the index:\n${missing.join("\n")}`, {
			cause: error,
			fix: "build them again: somebody, or a retention policy, has deleted them"
		});
		const wait = Math.min(backoff(tries, Math.random()), end - clock.now());
		if (tries === maxTries || wait <= 0) throw error;
		log.warning(`${formatReference(withTarget(reference))} says that an image of the index is missing, and has all of them; trying again in ${(wait / 1e3).toFixed(1)} s (try ${tries + 1} of ${maxTries})`);
		await clock.sleep(wait);
	}
}
function missesChild(error) {
	return error instanceof RegistryError && error.codes.some((code) => /^(?:MANIFEST_BLOB_UNKNOWN|MANIFEST_UNKNOWN|BLOB_UNKNOWN)$/.test(code));
}
async function missingChildren(reference, { manifests }, client) {
	const names = manifests.map(({ digest }) => withTarget(reference, { digest }));
	const found = await Promise.all(names.map((name) => client.headManifest(name)));
	return names.filter((_, position) => found[position] === void 0).map(formatReference);
}
// src/steps/publish-manifest/move-tags.ts
async function moveTags(moves, index, tools, ports) {
	const { client, withLastingClient } = tools;
	const begun = [];
	const waves = [moves.filter(({ floating }) => !floating), moves.filter(({ floating }) => floating)];
	try {
		for (const wave of waves) {
			ports.signal.throwIfAborted();
			begun.push(...wave);
			await all(wave.map(({ tag }) => moveTag(tag, index, tools, ports)));
			await all(wave.map(({ tag }) => client.awaitTag(tag, index.digest)));
		}
	} catch (error) {
		const states = await withLastingClient((lasting) => Promise.all(begun.map((move) => putBack(move, index, lasting))));
		const untouched = moves.filter((move) => !begun.includes(move));
		const lines = [...states, ...untouched.map(({ before, tag }) => `${formatReference(tag)} → ${before?.digest ?? "absent"} (not touched)`)];
		if (ports.signal.aborted) ports.log.warning(`the tags are now:\n${lines.join("\n")}`);
		if (begun.length === 1 && moves.length === 1 && states.every((state) => state.endsWith("(as before)"))) throw error;
		throw new WorkError(`${error instanceof Error ? error.message : String(error)}\nthe tags are now:\n${lines.join("\n")}`, {
			cause: error,
			...error instanceof WorkError ? { fix: error.fix } : {}
		});
	}
}
async function all(work) {
	for (const outcome of await Promise.allSettled(work)) if (outcome.status === "rejected") throw outcome.reason;
}
async function moveTag(tag, index, tools, ports) {
	try {
		await pushIndex(tag, index, tools, ports);
	} catch (error) {
		if (!(error instanceof RegistryError) || ![
			400,
			403,
			405,
			409,
			412
		].includes(error.status ?? 0)) throw error;
		const now = (await tools.client.headManifest(tag).catch(() => void 0))?.digest;
		if (now === void 0) throw error;
		if (now !== index.digest) throw new WorkError(`${formatReference(tag)} can't be moved to ${index.digest}: it points at ${now}, and the registry leaves it there`, {
			cause: error,
			fix: "give another version, or allow the registry to overwrite this tag"
		});
		ports.log.info(`${formatReference(tag)} is already published`);
	}
}
async function putBack({ before, tag }, index, client) {
	const name = formatReference(tag);
	try {
		const now = (await client.headManifest(tag))?.digest;
		if (now === before?.digest) return `${name} → ${now ?? "absent"} (as before)`;
		if (now !== index.digest) return `${name} → ${now ?? "absent"} (set by somebody else)`;
		if (before === void 0) return await client.deleteManifest(tag) ? `${name} → absent (put back)` : `${name} → ${index.digest} (the registry can't delete it; it did not exist before)`;
		const old = before.fetched ?? await client.getManifest(withTarget(tag, { digest: before.digest }));
		await client.putManifest(tag, old.bytes, old.descriptor.mediaType);
		return `${name} → ${before.digest} (put back)`;
	} catch (error) {
		const why = describeError(error).split("\n")[0] ?? "";
		return `${name} → ${index.digest}, maybe: it was ${before?.digest ?? "absent"}, and could not be put back: ${why}`;
	}
}
// src/steps/publish-manifest/referrers.ts
async function putReferrers(attestations, images, repositories, client) {
	const digests = /* @__PURE__ */ new Set();
	for (const attestation of attestations) {
		const { descriptor, home } = attestation;
		const about = attestationSubject(descriptor);
		const image = images.find(({ descriptor: { digest } }) => digest === about)?.descriptor;
		if (image === void 0) continue;
		const from = withTarget(home, { digest: descriptor.digest });
		const fetched = attestation.fetched ?? await client.getManifest(from);
		const bytes = withSubject(fetched.bytes, image, formatReference(from));
		for (const repository of repositories) digests.add(await client.putReferrer(repository, bytes, fetched.descriptor.mediaType));
	}
	return [...digests];
}
function withSubject(bytes, { digest, mediaType, size }, what) {
	const manifest = parseJsonObject(bytes, what);
	const { subject } = manifest;
	if (typeof subject === "object" && subject !== null && "digest" in subject) {
		if (subject.digest === digest) return bytes;
		throw new WorkError(`${what} is about ${String(subject.digest)}, but its index says ${digest}`);
	}
	const linked = {
		artifactType: "application/vnd.docker.attestation.manifest.v1+json",
		...manifest,
		subject: {
			mediaType,
			digest,
			size
		}
	};
	return new TextEncoder().encode(JSON.stringify(linked));
}
// src/steps/publish-manifest/execute.ts
async function executePublish(plan, ports, tools) {
	const { absent, images, index, moves, targets, warnings } = plan;
	const { client } = tools;
	if (index === void 0) throw new WorkError("there are no images to publish");
	for (const warning of warnings) ports.log.warning(warning);
	const tags = moves.filter(({ action }) => action !== "skip").map(({ tag }) => tag);
	const moving = moves.filter(({ action }) => action === "move");
	if (!changes(plan)) return {
		index: indexThere(plan, index),
		tags,
		changed: false,
		referrers: []
	};
	const repositories = targets.map(({ repository }) => repository).filter((repository) => moving.some(({ tag }) => isIn(tag, repository)));
	await copyChildren(repositories.flatMap((to) => (absent[formatReference(to)] ?? []).map((child) => ({
		child,
		to
	}))), client, ports.log);
	const referrers = await putReferrers(plan.referrers, images, repositories, client);
	if (moving.length > 1) await Promise.all(repositories.map((repository) => pushIndex(withTarget(repository, { digest: index.digest }), index, tools, ports)));
	await moveTags(moving, index, tools, ports);
	return {
		index,
		tags,
		changed: true,
		referrers
	};
}
function indexThere({ moves }, index) {
	const fetched = moves.find(({ action }) => action === "keep")?.before?.fetched;
	return fetched === void 0 ? index : {
		bytes: fetched.bytes,
		digest: fetched.descriptor.digest
	};
}
function isIn(tag, repository) {
	return formatReference(withTarget(tag)) === formatReference(repository);
}
// src/verify/index-lint.ts
function lintIndex(index) {
	const { attestations, images, strays } = index;
	const descriptors = images.map(({ descriptor }) => descriptor);
	return [
		...sharedPlatforms$1(descriptors),
		...images.filter(({ lacksVariant }) => lacksVariant).map(({ descriptor }) => `${descriptor.digest} is for arm without a variant: readers take it for v7, so an ARMv6 machine passes over it`),
		...mixedMediaTypes(descriptors),
		...strays.map(({ digest, platform }) => `${digest} is for ${platform === void 0 ? "no platform" : textOf(platform)} and about no image: it is left out`),
		...orphans(attestations, descriptors),
		...hiddenImages(descriptors)
	];
}
function sharedPlatforms$1(images) {
	const owners = /* @__PURE__ */ new Map();
	const places = /* @__PURE__ */ new Map();
	return images.flatMap((image) => {
		const platform = textOf(image.platform);
		const [owner, place] = [owners.get(platform), places.get(image.digest)];
		owners.set(platform, image);
		places.set(image.digest, image);
		if (place !== void 0 && textOf(place.platform) !== platform) return [`${image.digest} stands under two platforms: ${textOf(place.platform)} and ${platform}`];
		return owner === void 0 || owner.digest === image.digest ? [] : [`two images are for ${platform}: ${owner.digest} and ${image.digest}`];
	});
}
function mixedMediaTypes(images) {
	const docker = images.find(({ mediaType }) => isDockerType(mediaType));
	const oci = images.find(({ mediaType }) => !isDockerType(mediaType));
	return docker === void 0 || oci === void 0 ? [] : [`the images have different formats, which some readers refuse: ${textOf(docker.platform)} is Docker's (${docker.mediaType}), ${textOf(oci.platform)} is OCI's (${oci.mediaType})`];
}
function orphans(attestations, images) {
	return attestations.filter(isAttestation).flatMap(({ annotations, digest }) => {
		const subject = annotations?.["vnd.docker.reference.digest"];
		return images.some((image) => image.digest === subject) ? [] : [`the attestation ${digest} is about ${subject ?? "nothing"}, which is not in the index`];
	});
}
function hiddenImages(images) {
	return images.flatMap(({ platform }, position) => {
		const hides = images.slice(0, position).find((before) => isBroader(before.platform, platform));
		return hides === void 0 ? [] : [`${textOf(hides.platform)} stands before ${textOf(platform)}: readers that take the first match never get to it`];
	});
}
function isBroader(one, other) {
	if (one === void 0 || other === void 0) return false;
	const [a, b] = [normalizePlatform(one), normalizePlatform(other)];
	return a.os === b.os && a.architecture === b.architecture && a["os.version"] === b["os.version"] && a.variant !== b.variant && comparePlatforms(a, b) > 0;
}
function textOf(platform) {
	return platform === void 0 ? "no platform" : formatPlatform(normalizePlatform(platform));
}
// src/steps/publish-manifest/read-image.ts
const revisionKey = "org.opencontainers.image.revision";
async function readImage(given, client) {
	const { built, reference } = given;
	if (built?.configDigest !== void 0 && !isIndexType(built.mediaType)) {
		const { digest, mediaType, size } = built;
		return onlyImage(await readBuilt(given, {
			mediaType,
			digest,
			size
		}, built.configDigest, client));
	}
	const fetched = given.fetched ?? await client.getManifest(reference);
	const home = withTarget(reference);
	const { manifest } = fetched;
	const named = {
		...fetched.descriptor,
		annotations: given.annotations ?? {}
	};
	if (isAttestation(named)) return {
		images: [],
		attestations: [{
			descriptor: named,
			home,
			fetched
		}],
		strays: []
	};
	if (manifest.kind === "manifest") return onlyImage(await readChild(given, fetched, manifest, client));
	const readable = manifest.manifests.filter((entry) => !isAttestation(entry) && isFor$1(entry.platform) && manifestMediaTypes.includes(entry.mediaType));
	const attestations = manifest.manifests.filter(isAttestation);
	return {
		images: await Promise.all(readable.map((entry) => readEntry(entry, given, manifest, client))),
		attestations: attestations.map((descriptor) => ({
			descriptor,
			home
		})),
		strays: manifest.manifests.filter((entry) => !readable.includes(entry) && !attestations.includes(entry))
	};
}
function isFor$1(platform) {
	return platform === void 0 || platform.os !== "unknown" || platform.architecture !== "unknown";
}
async function readEntry(entry, given, index, client) {
	const { built, reference } = given;
	const images = index.manifests.filter((candidate) => !isAttestation(candidate));
	const platform = given.platform ?? entry.platform;
	const annotations = {
		...entry.annotations,
		...given.annotations
	};
	const nested = {
		reference: withTarget(reference, { digest: entry.digest }),
		...platform === void 0 ? {} : { platform },
		...Object.keys(annotations).length === 0 ? {} : { annotations }
	};
	if (built?.configDigest !== void 0 && images.length === 1 && !isIndexType(entry.mediaType)) {
		const { digest, mediaType, size } = entry;
		return readBuilt(nested, {
			mediaType,
			digest,
			size
		}, built.configDigest, client);
	}
	const fetched = await client.getManifest(nested.reference);
	if (fetched.manifest.kind === "manifest") return readChild(nested, fetched, fetched.manifest, client);
	throw new WorkError(`${formatReference(reference)} lists ${entry.digest}, which is an image index again: nobody reads that deep`, { fix: "name the inner index as a source" });
}
async function readBuilt(given, descriptor, configDigest, client) {
	const config = await readConfig(given.reference, configDigest, client);
	return describeChild(given, descriptor, config, config.labels[revisionKey]);
}
async function readChild(given, fetched, manifest, client) {
	const { annotations = {}, config: configDescriptor, layers } = manifest;
	const config = await readConfig(given.reference, configDescriptor.digest, client);
	const revision = config.labels[revisionKey] ?? annotations[revisionKey];
	const sizes = [
		fetched.descriptor,
		configDescriptor,
		...layers
	].map(({ size }) => size);
	return {
		...describeChild(given, fetched.descriptor, config, revision),
		fetched,
		imageSize: sizes.reduce((sum, size) => sum + size, 0)
	};
}
async function readConfig(reference, digest, client) {
	const bytes = await client.getBlob(withTarget(reference), digest);
	return parseImageConfig(bytes, `the config of ${formatReference(reference)}`);
}
function describeChild(given, descriptor, config, revision) {
	const { annotations, reference } = given;
	return {
		descriptor: {
			...descriptor,
			...annotations === void 0 ? {} : { annotations },
			platform: platformOf(given, config)
		},
		home: withTarget(reference),
		...revision === void 0 ? {} : { revision },
		...config.lacksVariant && given.platform?.variant === void 0 ? { lacksVariant: true } : {}
	};
}
function platformOf({ platform: said, reference }, config) {
	const name = formatReference(reference);
	const { lacksVariant, platform: found } = config;
	if (found === void 0) {
		if (said !== void 0) return normalizePlatform(said);
		throw new WorkError(`the config of ${name} does not say for which platform it is`, { fix: "give its descriptor, with the platform" });
	}
	if (said === void 0) return found;
	const full = lacksVariant && said.variant !== void 0 ? {
		...found,
		variant: said.variant
	} : found;
	if (agrees(said, full)) return normalizePlatform(full);
	throw new WorkError(`${name} was to be for ${formatPlatform(said)}, but its config says ${formatPlatform(found)}; nothing was tagged`, { fix: "check the Dockerfile's FROM --platform, or build this platform again" });
}
function agrees(asked, found) {
	const { "os.features": features, "os.version": version, ...rest } = found;
	const compared = {
		...rest,
		...asked["os.version"] === void 0 || version === void 0 ? {} : { "os.version": version },
		...asked["os.features"] === void 0 || features === void 0 ? {} : { "os.features": features }
	};
	return samePlatform(asked, compared);
}
function onlyImage(image) {
	return {
		images: [image],
		attestations: [],
		strays: []
	};
}
// src/steps/publish-manifest/check-images.ts
function requirePlatforms(required, images) {
	const repeated = sharedPlatforms(images);
	const missing = required.filter((platform) => !images.some((image) => isFor(image, platform)));
	const unexpected = required.length === 0 ? [] : images.filter((image) => !required.some((platform) => isFor(image, platform)));
	if (repeated.length + missing.length + unexpected.length === 0) return;
	throw new WorkError([
		"the images are not those that the index needs; nothing was tagged",
		...missing.length === 0 ? [] : [`missing: ${missing.map(formatPlatform).join(", ")}`],
		...repeated,
		...unexpected.length === 0 ? [] : [`not asked for: ${unexpected.map(describe$1).join(", ")}`]
	].join("\n"), { fix: "build the same platforms that you publish, each once" });
}
function requireOneRevision(images) {
	if (new Set(images.flatMap(({ revision }) => revision ?? [])).size < 2) return;
	const lines = images.flatMap(({ descriptor, revision }) => revision === void 0 ? [] : [`${platformText(descriptor.platform)}: ${revision}`]);
	throw new WorkError(`the images were built from different revisions; nothing was tagged:\n${lines.join("\n")}`, { fix: "build all platforms of one commit, or set allow-mixed if they are meant to be together" });
}
function sharedPlatforms(images) {
	return images.flatMap((image, index) => {
		const { digest, platform } = image.descriptor;
		const other = images.slice(0, index).find(({ descriptor }) => descriptor.digest !== digest && descriptor.platform !== void 0 && platform !== void 0 && samePlatform(descriptor.platform, platform));
		return other === void 0 ? [] : [`two images are for ${platformText(platform)}: ${other.descriptor.digest} and ${digest}`];
	});
}
function isFor({ descriptor: { platform } }, wanted) {
	return platform !== void 0 && agrees(wanted, platform);
}
function describe$1({ descriptor: { digest, platform }, home }) {
	return `${platformText(platform)} (${formatReference(withTarget(home, { digest }))})`;
}
function platformText(platform) {
	return platform === void 0 ? "no platform" : formatPlatform(platform);
}
// src/steps/publish-manifest/tag-moves.ts
function planMoves(targets, previous, index, policy) {
	const known = targets.flatMap(({ floating, tags }) => tags.map((tag) => ({
		tag,
		floating: floating.includes(tag),
		before: previous[formatReference(tag)]
	})));
	const areAlike = known.every(({ before }) => before !== void 0 && holdsSameImages(before, index));
	const blocked = known.filter(({ before }) => isBlocked(before, index, policy));
	if (blocked.length > 0) {
		const lines = blocked.map(({ before, tag }) => `${formatReference(tag)} → ${before?.digest ?? ""}`);
		throw new WorkError(policy === "fail" ? `if-exists: these tags exist; nothing was tagged:\n${lines.join("\n")}` : `if-exists: these tags have other images than ${index.digest}; nothing was tagged:\n${lines.join("\n")}`, { fix: "give another version, or set if-exists: overwrite" });
	}
	return known.map((one) => ({
		...one,
		action: actionFor(one.before, index, policy, areAlike)
	}));
}
function isBlocked(before, index, policy) {
	if (before === void 0) return false;
	return policy === "fail" || policy === "same" && !holdsSameImages(before, index);
}
function actionFor(before, index, policy, areAlike) {
	if (before === void 0) return "move";
	if (before.digest === index.digest) return "keep";
	if (policy === "skip") return "skip";
	return areAlike || policy === "same" ? "keep" : "move";
}
function holdsSameImages({ digest, fetched }, index) {
	if (digest === index.digest) return true;
	const manifest = fetched?.manifest;
	return manifest?.kind === "index" && imagesOf(manifest) === imagesOf(index);
}
function imagesOf({ manifests }) {
	return manifests.filter((entry) => !isAttestation(entry)).map(({ digest, platform }) => {
		return `${platform === void 0 ? "" : formatPlatform(normalizePlatform(platform))} ${digest}`;
	}).toSorted().join("\n");
}
// src/steps/publish-manifest/plan.ts
function planPublish(inputs, facts) {
	const { absent, targets } = facts;
	const images = unique(facts.images);
	const attestations = unique(facts.attestations);
	const common = {
		images,
		targets,
		absent,
		previous: Object.fromEntries(Object.entries(facts.previous).map(([tag, { digest }]) => [tag, digest]))
	};
	if (images.length === 0 && facts.strays.length === 0) {
		const moves = targets.flatMap(({ floating, tags }) => tags.map((tag) => {
			const before = facts.previous[formatReference(tag)];
			return {
				tag,
				floating: floating.includes(tag),
				before,
				action: "move"
			};
		}));
		return {
			...common,
			index: void 0,
			referrers: [],
			moves,
			warnings: []
		};
	}
	requirePlatforms(inputs.platforms, images);
	if (!inputs.allowMixed) requireOneRevision(images);
	const index = layOut(inputs, facts, images, attestations);
	return {
		...common,
		index,
		referrers: inputs.attestations === "referrers" ? attestations : [],
		moves: planMoves(targets, facts.previous, index, inputs.ifExists),
		warnings: lint(inputs, facts, index, images, attestations)
	};
}
function layOut(inputs, facts, images, attestations) {
	const annotations = [...facts.annotations, ...inputs.annotations.flat()];
	const children = images.map(({ descriptor }) => annotate(descriptor, annotations));
	const listed = inputs.attestations === "index" ? attestations.map(({ descriptor }) => descriptor) : [];
	const isListed = ({ annotations: links }) => images.some(({ descriptor }) => descriptor.digest === links?.["vnd.docker.reference.digest"]);
	return buildIndex({
		children: [...children, ...listed.filter(isListed)],
		format: inputs.format,
		annotations: Object.fromEntries(annotations.filter(({ level }) => level === "index").map(({ key, value }) => [key, value])),
		order: inputs.platforms
	});
}
function annotate(descriptor, given) {
	const ours = given.filter(({ level, platform }) => level === "manifest-descriptor" && (platform === void 0 || descriptor.platform !== void 0 && samePlatform(platform, descriptor.platform)));
	if (ours.length === 0) return descriptor;
	const ordered = ours.toSorted((a, b) => Number(a.platform !== void 0) - Number(b.platform !== void 0));
	const added = Object.fromEntries(ordered.map(({ key, value }) => [key, value]));
	return {
		...descriptor,
		annotations: {
			...descriptor.annotations,
			...added
		}
	};
}
function lint({ lint: level }, { strays }, index, images, attestations) {
	if (level === "none") return [];
	const findings = lintIndex({
		images: index.manifests.flatMap((entry) => {
			const image = images.find(({ descriptor }) => descriptor.digest === entry.digest);
			return image === void 0 ? [] : [{
				descriptor: entry,
				lacksVariant: image.lacksVariant === true
			}];
		}),
		attestations: attestations.map(({ descriptor }) => descriptor),
		strays
	});
	if (level === "error" && findings.length > 0) throw new WorkError(`lint: nothing was tagged:\n${findings.join("\n")}`, { fix: "build the images so that every reader gets them right, or set lint: warning" });
	return findings;
}
function unique(children) {
	const known = /* @__PURE__ */ new Map();
	for (const child of children) if (!known.has(child.descriptor.digest)) known.set(child.descriptor.digest, child);
	return [...known.values()];
}
// src/steps/publish-manifest/handoff.ts
const firstPause = 1e3;
const longestPause = 15e3;
async function awaitHandoff(handoff, client, clock, log) {
	const { repository, wait } = handoff;
	const found = /* @__PURE__ */ new Map();
	const end = clock.now() + wait;
	for (let pause = firstPause;; pause = Math.min(pause * 2, longestPause)) {
		const missing = (await wantedTags(handoff, client)).filter(({ tag }) => !found.has(formatReference(tag)));
		const looked = await Promise.all(missing.map(async ({ tag, platform }) => ({
			tag,
			platform,
			fetched: await getIfThere(tag, client)
		})));
		for (const { tag, platform, fetched } of looked) {
			if (fetched === void 0) continue;
			found.set(formatReference(tag), {
				tag,
				fetched,
				...platform === void 0 ? {} : { platform }
			});
		}
		const absent = looked.filter(({ fetched }) => fetched === void 0).map(({ tag }) => formatReference(tag));
		if (absent.length === 0 && found.size > 0) return [...found.values()];
		const left = end - clock.now();
		const what = absent.length > 0 ? absent.join(", ") : `any image of this run in ${formatReference(repository)}`;
		if (left <= 0) throw nothingLeft(what, handoff);
		log.info(`waiting for ${what} (${seconds(left)} left)`);
		await clock.sleep(Math.min(pause, left));
	}
}
async function wantedTags({ job, platforms, repository }, client) {
	if (platforms.length > 0) return platforms.map((platform) => ({
		platform,
		tag: withTarget(repository, { tag: stagingTag(job, platform) })
	}));
	const prefix = stagingPrefix(job);
	return (await client.listTags(repository)).filter((tag) => tag.startsWith(prefix)).toSorted().map((tag) => ({ tag: withTarget(repository, { tag }) }));
}
async function getIfThere(tag, client) {
	try {
		return await client.getManifest(tag);
	} catch (error) {
		if (error instanceof RegistryError && error.status === 404) return void 0;
		throw error;
	}
}
function nothingLeft(what, { platforms, wait }) {
	const names = platforms.length === 0 ? "" : ` (platforms: ${platforms.map(formatPlatform).join(", ")})`;
	const waited = wait === 0 ? "" : ` after ${seconds(wait)}`;
	return new WorkError(`handoff: ${what} is not there${waited}${names}; nothing was tagged`, { fix: wait === 0 ? "run this after the jobs that build, or let it wait for them, such as wait: 30m" : "see whether the jobs that build have failed; they need handoff: registry, too, and the same commit" });
}
function seconds(duration) {
	return `${Math.ceil(duration / 1e3)} s`;
}
// src/steps/publish-manifest/given.ts
async function findGivenImages(inputs, home, { client, clock }, ports) {
	if (namesImages(inputs)) {
		const descriptors = [...inputs.descriptors === "" ? [] : parseDescriptors(inputs.descriptors), ...readDescriptorFiles(inputs.descriptorsFile, ports.cwd)];
		const sources = await Promise.all(inputs.sources.map(async (source) => source.kind === "digest" ? [{ reference: withTarget(home, { digest: source.digest }) }] : readSource(source.reference, client)));
		return [...descriptors.map((descriptor) => describe(descriptor, home)), ...sources.flat()];
	}
	if (inputs.handoff === "registry") {
		const { job } = await ports.job.withGit();
		const { platforms, wait } = inputs;
		return (await awaitHandoff({
			repository: home,
			job,
			platforms,
			wait
		}, client, clock, ports.log)).map(({ fetched, platform, tag }) => ({
			reference: withTarget(tag, { digest: fetched.descriptor.digest }),
			fetched,
			...platform === void 0 ? {} : { platform }
		}));
	}
	const built = ports.state.read().builds[formatReference(home)];
	if (built === void 0 && ports.dryRun) return [];
	if (built === void 0) throw new WorkError(`nothing was built for ${formatReference(home)} in this job`, { fix: "run build with the same image before, pass its output as descriptors, or name the images as sources" });
	return built.map((descriptor) => ({
		...describe(descriptor, home),
		built: descriptor
	}));
}
function namesImages({ descriptors, descriptorsFile, sources }) {
	return descriptors !== "" || descriptorsFile.length > 0 || sources.length > 0;
}
function describe({ annotations, digest, platform }, home) {
	return {
		reference: withTarget(home, { digest }),
		...platform === void 0 ? {} : { platform },
		...annotations === void 0 ? {} : { annotations }
	};
}
async function readSource(reference, client) {
	if (!(layoutPath(reference) !== void 0 && reference.tag === void 0 && reference.digest === void 0)) return [{ reference }];
	const listed = await client.listLayout?.(reference) ?? [];
	if (listed.length === 0) throw new WorkError(`sources: there is no image in the OCI layout ${formatReference(reference)}`);
	return listed.map(({ digest }) => ({ reference: withTarget(reference, { digest }) }));
}
// src/steps/publish-manifest/probe.ts
async function probePublish({ client, clock, inputs, targets }, ports) {
	const repositories = targets.map(({ repository }) => repository);
	const [home] = repositories;
	if (home === void 0) throw new WorkError("there is no repository to publish to");
	const [found, previous] = await Promise.all([findGivenImages(inputs, home, {
		client,
		clock
	}, ports).then((given) => readAll(given, client)), readTags(targets, client, inputs.ifExists === "fail" || inputs.ifExists === "skip")]);
	const { attestations, images } = found;
	const isFromState = !namesImages(inputs) && inputs.handoff === "none";
	return {
		...found,
		targets,
		previous,
		absent: await findAbsent([...images, ...inputs.attestations === "none" ? [] : attestations], repositories, client),
		annotations: isFromState ? ports.state.read().annotations ?? [] : []
	};
}
async function readAll(given, client) {
	const settled = await Promise.allSettled(given.map((image) => readImage(image, client)));
	const missing = [];
	for (const [index, outcome] of settled.entries()) {
		if (outcome.status === "fulfilled") continue;
		const { reason } = outcome;
		if (!(reason instanceof RegistryError && reason.status === 404)) throw reason;
		const { platform, reference } = given[index] ?? {};
		if (reference !== void 0) missing.push(describeMissing(reference, platform, reason));
	}
	if (missing.length > 0) throw new WorkError(`these images are not there; nothing was tagged:\n${missing.join("\n")}`, { fix: "build and push them first, to the first repository of image, or name them as sources where they are" });
	const found = settled.flatMap((outcome) => outcome.status === "fulfilled" ? [outcome.value] : []);
	return {
		images: found.flatMap(({ images }) => images),
		attestations: found.flatMap(({ attestations }) => attestations),
		strays: found.flatMap(({ strays }) => strays)
	};
}
async function findAbsent(children, repositories, client) {
	const absent = repositories.map(async (repository) => {
		const name = formatReference(repository);
		const strangers = children.filter(({ home }) => formatReference(home) !== name);
		const there = await Promise.all(strangers.map(({ descriptor: { digest } }) => client.headManifest(withTarget(repository, { digest }))));
		return [name, strangers.filter((_, index) => there[index] === void 0)];
	});
	return Object.fromEntries(await Promise.all(absent));
}
async function readTags(targets, client, existenceOnly) {
	const tags = targets.flatMap((target) => target.tags);
	const found = await Promise.all(tags.map((tag) => existenceOnly ? headTag(tag, client) : readTag(tag, client)));
	return Object.fromEntries(tags.flatMap((tag, index) => {
		const facts = found[index];
		return facts === void 0 ? [] : [[formatReference(tag), facts]];
	}));
}
async function headTag(tag, client) {
	const descriptor = await client.headManifest(tag);
	return descriptor === void 0 ? void 0 : { digest: descriptor.digest };
}
async function readTag(tag, client) {
	try {
		const fetched = await client.getManifest(tag);
		return {
			digest: fetched.descriptor.digest,
			fetched
		};
	} catch (error) {
		if (error instanceof RegistryError) {
			if (error.status === 404) return void 0;
			throw error;
		}
		return headTag(tag, client);
	}
}
function describeMissing(reference, platform, error) {
	const name = formatReference(reference);
	const config = error.message.includes("/blobs/") ? `: its config is missing` : "";
	const where = layoutPath(reference) === void 0 ? "" : " (OCI layout)";
	return `${platform === void 0 ? "" : `${formatPlatform(platform)}: `}${name}${where}${config}`;
}
// src/steps/publish-manifest/staging.ts
async function deleteStagingTags({ handoff, platforms }, repositories, client, { job, log }) {
	const [home] = repositories;
	if (handoff !== "registry" || home === void 0) return;
	const left = [];
	try {
		const facts = (await job.withGit()).job;
		const wanted = await wantedTags({
			repository: home,
			job: facts,
			platforms
		}, client);
		const tags = repositories.flatMap((repository) => wanted.map(({ tag }) => ({
			...tag,
			...withTarget(repository)
		})));
		await Promise.all(tags.map(async (tag) => {
			if (!await client.deleteManifest(tag)) left.push(formatReference(tag));
		}));
	} catch (error) {
		log.info(`handoff: the tags of the single images were not deleted: ${describeError(error)}`);
	}
	if (left.length > 0) log.debug(`handoff: the registry can't delete a tag alone, so these stay: ${left.join(", ")}`);
}
function mayBeTriedAgain(error) {
	if (!(error instanceof WorkError) || error.message.startsWith("handoff: ")) return true;
	return error instanceof RegistryError || error.cause !== void 0 && mayBeTriedAgain(error.cause);
}
// src/steps/publish-manifest/work.ts
function createPublishWork(tools, targets) {
	return {
		probe: (inputs, ports) => probePublish({
			inputs,
			targets,
			...tools
		}, ports),
		plan: planPublish,
		describe: describePublish,
		execute: (plan, ports) => executePublish(plan, ports, tools),
		report: (result, plan) => ({
			outputs: {
				digest: result.index.digest,
				tags: result.tags.map(formatReference).join("\n"),
				index: new TextDecoder().decode(result.index.bytes),
				previous: JSON.stringify(plan.previous),
				changed: String(result.changed),
				keep: JSON.stringify(keptDigests(result, plan))
			},
			variables: {},
			paths: [],
			lines: reportLines(result, plan),
			summary: renderMarkdownTable("Published", [["tag", "digest"], ...result.tags.map((tag) => [formatReference(tag), result.index.digest])])
		})
	};
}
function keptDigests({ index, referrers }, plan) {
	const listed = plan.index?.manifests.map(({ digest }) => digest) ?? [];
	return [.../* @__PURE__ */ new Set([
		index.digest,
		...listed,
		...referrers
	])];
}
function reportLines({ changed, index, tags }, { images }) {
	return [
		...renderTable([[
			"platform",
			"digest",
			"size"
		], ...images.map(({ descriptor: { digest, platform }, imageSize }) => [
			platform === void 0 ? "" : formatPlatform(platform),
			digest,
			imageSize === void 0 ? "" : formatBytes(imageSize)
		])]),
		...tags.map((tag) => `${formatReference(tag)} → ${index.digest}`),
		...changed ? [] : ["nothing was pushed: the tags have these images already"]
	];
}
async function performPublish(inputs, ports) {
	const given = resolveRegistries(inputs.registries, ports.cwd);
	const registries = given.length > 0 ? given : ports.state.read().registries ?? [];
	const { targets } = await findTargets(inputs, ports);
	const repositories = targets.map(({ repository }) => repository);
	const pushTo = repositories.filter((repository) => layoutPath(repository) === void 0);
	const { signal } = ports;
	const clock = {
		now: () => performance.now(),
		sleep: (duration) => setTimeout(duration, void 0, { signal })
	};
	return withRegistryClient({
		registries,
		pushTo
	}, ports, async (registry) => {
		const opened = await openLayouts(inputs, targets, registry, ports);
		const { client } = opened;
		const withLastingClient = (work) => signal.aborted ? withRegistryClient({
			registries,
			pushTo
		}, {
			...ports,
			signal: new AbortController().signal
		}, (lasting) => work(opened.over(lasting))) : work(client);
		try {
			const work = createPublishWork({
				client,
				withLastingClient,
				clock
			}, targets);
			const outputs = await performWork("publish-manifest", work, inputs, ports);
			if (!ports.dryRun) {
				await opened.finish();
				await deleteStagingTags(inputs, repositories, client, ports);
			}
			return outputs;
		} catch (error) {
			if (!ports.dryRun && !signal.aborted && !mayBeTriedAgain(error)) await deleteStagingTags(inputs, repositories, client, ports);
			throw error;
		} finally {
			await opened.discard();
		}
	});
}
async function openLayouts(inputs, targets, registry, { cwd }) {
	if ([...inputs.sources.flatMap((source) => source.kind === "reference" ? [source.reference] : []), ...targets.map(({ repository }) => repository)].every((place) => layoutPath(place) === void 0)) {
		const nothing = async () => {};
		return {
			client: registry,
			over: (other) => other,
			finish: nothing,
			discard: nothing
		};
	}
	const { openLayoutStores, withLayouts } = await import("./client.js");
	const stores = openLayoutStores(cwd);
	return {
		client: withLayouts(registry, stores),
		over: (other) => withLayouts(other, stores),
		finish: stores.finish,
		discard: stores.discard
	};
}
export { performPublish };
