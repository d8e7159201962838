import { An as WorkError, an as nearest, kn as InputError } from "./shared.js";
import { createHash } from "node:crypto";
// src/oci/platform.ts
const defaultHost = {
	os: "linux",
	architecture: "amd64"
};
const knownSystems = new Set("aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos".split(" "));
const knownArchitectures = new Set("386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm".split(" "));
const systemPattern = /^([A-Za-z0-9_-]+)(?:\(([A-Za-z0-9_.%-]*)((?:\+[A-Za-z0-9_.%-]+)*)\))?$/;
const componentPattern = /^[A-Za-z0-9_.-]+$/;
function parsePlatform(text, host = defaultHost) {
	const [system = "", architecture, variant, ...rest] = text.split("/");
	const match = systemPattern.exec(system);
	const components = [architecture, variant].filter((component) => component !== void 0);
	if (match === null || rest.length > 0 || !components.every((c) => componentPattern.test(c))) throw new InputError(`not a platform: ${JSON.stringify(text)}: expected os/architecture[/variant]`);
	const os = {
		os: systemName(match[1] ?? ""),
		...optionalVersion(unescape(match[2] ?? "", text)),
		...optionalFeatures((match[3] ?? "").split("+").map((feature) => unescape(feature, text)))
	};
	if (architecture === void 0) {
		if (knownSystems.has(os.os)) return {
			...os,
			architecture: host.architecture,
			...optionalVariant(host.variant)
		};
		const alone = withoutDefaultVariant(instructionSet(system, ""));
		if (knownArchitectures.has(alone.architecture)) return {
			os: host.os,
			...alone
		};
		throw new InputError(`unknown platform ${JSON.stringify(text)}: neither a system nor an architecture`);
	}
	if (variant === void 0) return {
		...os,
		...withoutDefaultVariant(instructionSet(architecture, ""))
	};
	const named = instructionSet(architecture, variant);
	return {
		...os,
		...named,
		...optionalVariant(isPlainArm64(named) ? "v8" : named.variant)
	};
}
function formatPlatform(platform) {
	const features = [...platform["os.features"] ?? []].filter((feature) => feature !== "").toSorted(byBytes).map((feature) => `+${escape(feature)}`);
	const detail = escape(platform["os.version"] ?? "") + features.join("");
	return [
		detail === "" ? platform.os : `${platform.os}(${detail})`,
		platform.architecture,
		platform.variant ?? ""
	].filter((part) => part !== "").join("/");
}
function normalizePlatform(platform) {
	return {
		os: systemName(platform.os),
		...instructionSet(platform.architecture, platform.variant ?? ""),
		...optionalVersion(platform["os.version"] ?? ""),
		...optionalFeatures([...platform["os.features"] ?? []].toSorted(byBytes))
	};
}
function samePlatform(a, b) {
	return formatPlatform(normalizePlatform(a)) === formatPlatform(normalizePlatform(b));
}
function comparePlatforms(a, b) {
	const [x, y] = [normalizePlatform(a), normalizePlatform(b)];
	return byBytes(x.os, y.os) || byBytes(x.architecture, y.architecture) || compareVersions(y.variant ?? "", x.variant ?? "") || compareVersions(y["os.version"] ?? "", x["os.version"] ?? "") || (y["os.features"]?.length ?? 0) - (x["os.features"]?.length ?? 0) || byBytes(formatPlatform(x), formatPlatform(y));
}
function isKnownPlatform(platform) {
	const { os, architecture } = normalizePlatform(platform);
	return knownSystems.has(os) && knownArchitectures.has(architecture);
}
function systemName(os) {
	const lower = os.toLowerCase();
	return lower === "macos" ? "darwin" : lower;
}
function instructionSet(architecture, variant) {
	const [lower, version] = [architecture.toLowerCase(), variant.toLowerCase()];
	switch (lower) {
		case "i386":
		case "i686": return { architecture: "386" };
		case "x86_64":
		case "x86-64":
		case "amd64": return {
			architecture: "amd64",
			...optionalVariant(version === "v1" ? "" : version)
		};
		case "aarch64":
		case "arm64": return {
			architecture: "arm64",
			...optionalVariant(arm64Variant(version))
		};
		case "armhf": return {
			architecture: "arm",
			variant: "v7"
		};
		case "armel": return {
			architecture: "arm",
			variant: "v6"
		};
		case "arm": return {
			architecture: "arm",
			variant: armVariant(version)
		};
		default: return {
			architecture: lower,
			...optionalVariant(version)
		};
	}
}
function arm64Variant(version) {
	if ([
		"8",
		"v8",
		"8.0",
		"v8.0"
	].includes(version)) return "";
	if ([
		"9",
		"9.0",
		"v9.0"
	].includes(version)) return "v9";
	return version;
}
function armVariant(version) {
	if (version === "") return "v7";
	return /^[5-8]$/.test(version) ? `v${version}` : version;
}
function withoutDefaultVariant(set) {
	return set.architecture === "arm" && set.variant === "v7" ? { architecture: "arm" } : set;
}
function isPlainArm64(set) {
	return set.architecture === "arm64" && set.variant === void 0;
}
function optionalVariant(variant) {
	return variant === void 0 || variant === "" ? {} : { variant };
}
function optionalVersion(version) {
	return version === "" ? {} : { "os.version": version };
}
function optionalFeatures(features) {
	const present = features.filter((feature) => feature !== "");
	return present.length === 0 ? {} : { "os.features": present };
}
function compareVersions(a, b) {
	const [x, y] = [a, b].map((version) => version.split(/[^0-9]+/).filter((part) => part !== ""));
	for (let i = 0; i < Math.max(x?.length ?? 0, y?.length ?? 0); i++) {
		const difference = Number(x?.[i] ?? -1) - Number(y?.[i] ?? -1);
		if (difference !== 0) return difference;
	}
	return byBytes(a, b);
}
function byBytes(a, b) {
	return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
function escape(text) {
	return text.replaceAll(/[^A-Za-z0-9_.-]/gu, (character) => [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""));
}
function unescape(text, platform) {
	try {
		return decodeURIComponent(text);
	} catch {
		throw new InputError(`not a platform: ${JSON.stringify(platform)}: ${JSON.stringify(text)} is badly escaped`);
	}
}
// src/oci/digest.ts
const hexLength = {
	sha256: 64,
	sha512: 128
};
function parseDigest(text) {
	if (!isDigest(text)) throw new InputError(`not a digest: ${JSON.stringify(text)}: expected sha256: and 64 hex digits`);
	return text;
}
function isDigest(text) {
	const [algorithm, hex, ...rest] = text.split(":");
	if (rest.length > 0 || hex === void 0 || !isAlgorithm(algorithm)) return false;
	return hex.length === hexLength[algorithm] && /^[0-9a-f]+$/.test(hex);
}
function digestOf(bytes, algorithm = "sha256") {
	return parseDigest(`${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`);
}
function matchesDigest(bytes, digest) {
	return digestOf(bytes, algorithmOf(digest)) === digest;
}
function algorithmOf(digest) {
	return digest.startsWith("sha512:") ? "sha512" : "sha256";
}
function isAlgorithm(text) {
	return text === "sha256" || text === "sha512";
}
// src/oci/reference.ts
const hostName = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const registryPattern = new RegExp(`^(?:${hostName}(?:\\.${hostName})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const pathPart = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const repositoryPattern = new RegExp(`^${pathPart}(?:/${pathPart})*$`);
const tagPattern = /^[\w][\w.-]{0,127}$/;
const partsPattern = /^([^@]*?)(?::([^:/@]*))?(?:@(.*))?$/s;
function parseReference(text) {
	const wrong = (why) => new InputError(`not an image reference: ${JSON.stringify(text)}: ${why}`);
	if (text === "") throw wrong("it is empty");
	if (/^[a-f0-9]{64}$/.test(text)) throw wrong("64 hex digits alone are an image id");
	const [, name = "", tag, digest] = partsPattern.exec(text) ?? [];
	if (/^[a-z]+:\/\//i.test(text)) throw wrong("leave out the scheme");
	const { registry, repository } = splitRegistry(name);
	if (!registryPattern.test(registry)) throw wrong(`${JSON.stringify(registry)} is not a registry's host[:port]`);
	if (/[A-Z]/.test(repository)) throw wrong(`a repository is lower case: did you mean ${JSON.stringify(text.replace(name, lowerPath(name)))}?`);
	if (!repositoryPattern.test(repository)) throw wrong(`${JSON.stringify(repository)} is not a repository`);
	if (repository.length > 255) throw wrong("a repository has at most 255 letters");
	if (tag !== void 0 && !tagPattern.test(tag)) throw wrong(`${JSON.stringify(tag)} is not a tag`);
	if (digest !== void 0 && !isDigest(digest)) throw wrong(`${JSON.stringify(digest)} is not a digest`);
	return {
		registry,
		repository,
		...tag === void 0 ? {} : { tag },
		...digest === void 0 ? {} : { digest }
	};
}
function parseTarget(text) {
	const reference = parseReference(text);
	if (/[A-Z]/.test(reference.registry) && !/[.:]/.test(reference.registry)) throw new InputError(`not an image reference: ${JSON.stringify(text)}: a repository is lower case: did you mean ${JSON.stringify(text.replace(reference.registry, reference.registry.toLowerCase()))}?`);
	return reference;
}
function formatReference(reference) {
	const { registry, repository } = reference;
	return `${registry}${repository === "" ? "" : `/${repository}`}${suffix(reference)}`;
}
function formatFamiliar(reference) {
	const { registry, repository } = reference;
	if (registry !== "docker.io") return formatReference(reference);
	const short = repository.replace(/^library\/(?=[^/]+$)/, "");
	const { registry: read } = splitRegistry(short);
	return (read === "docker.io" ? short : repository) + suffix(reference);
}
function withTarget(reference, target = {}) {
	return {
		registry: reference.registry,
		repository: reference.repository,
		...target
	};
}
function suffix(reference) {
	const tag = reference.tag === void 0 ? "" : `:${reference.tag}`;
	return reference.digest === void 0 ? tag : `${tag}@${reference.digest}`;
}
function splitRegistry(name) {
	const slash = name.indexOf("/");
	const first = name.slice(0, Math.max(slash, 0));
	const isHost = slash !== -1 && (/[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase());
	const registry = isHost ? first : "docker.io";
	const path = isHost ? name.slice(slash + 1) : name;
	if (registry !== "docker.io" && registry !== "index.docker.io") return {
		registry,
		repository: path
	};
	return {
		registry: "docker.io",
		repository: path.includes("/") || path === "" ? path : `library/${path}`
	};
}
function lowerPath(name) {
	const slash = name.indexOf("/");
	const first = name.slice(0, Math.max(slash, 0));
	return /[.:]/.test(first) || first.toLowerCase() === "localhost" ? first + name.slice(slash).toLowerCase() : name.toLowerCase();
}
// src/oci/platform-template.ts
const placeholders = [
	"platform",
	"os",
	"arch",
	"variant"
];
const placeholderPattern = /(?<!\{)\{([A-Za-z]+)\}(?!\})/g;
function hasPlatform(template) {
	return words(template).some((word) => placeholders.includes(word));
}
function fillPlatform(template, platform) {
	const { architecture, os, variant = "" } = normalizePlatform(platform);
	const values = /* @__PURE__ */ new Map([
		["platform", formatPlatform(normalizePlatform(platform))],
		["os", os],
		["arch", architecture],
		["variant", variant]
	]);
	return template.replaceAll(placeholderPattern, (whole, word) => {
		const value = values.get(word);
		return value === void 0 ? whole : value.replaceAll(/[^\w.]+/g, "-");
	});
}
function checkTemplate(template) {
	for (const word of words(template)) {
		if (placeholders.includes(word)) continue;
		const meant = meantBy(word.toLowerCase());
		if (meant !== void 0) throw new Error(`${JSON.stringify(template)}: there is no {${word}}: did you mean {${meant}}?`);
	}
}
function words(template) {
	return [...template.matchAll(placeholderPattern)].map(([, word = ""]) => word);
}
function meantBy(word) {
	if (word === "architecture") return "arch";
	return nearest(word, placeholders, Math.floor(word.length / 4));
}
// src/oci/json.ts
function isJsonObject(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
function parseJsonObject(bytes, what) {
	let value;
	try {
		value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
	} catch (cause) {
		throw new WorkError(`${what} is not JSON (${bytes.length} bytes)`, { cause });
	}
	if (!isJsonObject(value)) throw new WorkError(`${what} is not a JSON object`);
	return value;
}
function stringMap(value, what) {
	if (value === void 0 || value === null) return void 0;
	if (!isJsonObject(value)) throw new WorkError(`${what} must be an object`);
	const entries = Object.entries(value).map(([key, text]) => {
		if (typeof text !== "string") throw new WorkError(`${what}: ${JSON.stringify(key)} must be a string`);
		return [key, text];
	});
	return Object.fromEntries(entries);
}
function marshalIndent(value, indent = "") {
	if (typeof value === "string") return quote(value);
	if (typeof value === "number") return JSON.stringify(value);
	const inner = `${indent}  `;
	if (isList(value)) return enclose("[", value.map((item) => marshalIndent(item, inner)), "]", indent);
	const members = [];
	if (value instanceof Map) members.push(...[...value].toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
	else for (const [key, member] of Object.entries(value)) if (member !== void 0) members.push([key, member]);
	return enclose("{", members.map(([key, member]) => `${quote(key)}: ${marshalIndent(member, inner)}`), "}", indent);
}
function isList(value) {
	return Array.isArray(value);
}
function enclose(open, items, close, indent) {
	if (items.length === 0) return open + close;
	return `${open}\n${items.map((item) => `${indent}  ${item}`).join(",\n")}\n${indent}${close}`;
}
function quote(text) {
	return JSON.stringify(text).replaceAll(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
// src/oci/descriptor.ts
function parseDescriptor(value, where) {
	if (!isJsonObject(value)) throw new WorkError(`${where}: a descriptor must be an object`);
	const { mediaType, digest, size, artifactType } = value;
	if (typeof mediaType !== "string" || !/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(mediaType)) throw new WorkError(`${where}: mediaType ${JSON.stringify(mediaType)} is not a media type`);
	if (typeof digest !== "string" || !isDigest(digest)) throw new WorkError(`${where}: digest ${JSON.stringify(digest)} is not a sha256 or sha512 digest`);
	if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) throw new WorkError(`${where}: size ${JSON.stringify(size)} is not a number of bytes`);
	const annotations = stringMap(value["annotations"], `${where}: annotations`);
	return {
		mediaType,
		digest,
		size,
		...value["platform"] === void 0 || value["platform"] === null ? {} : { platform: readPlatform(value["platform"], where) },
		...annotations === void 0 ? {} : { annotations },
		...typeof artifactType === "string" && artifactType !== "" ? { artifactType } : {}
	};
}
function isAttestation(descriptor) {
	return descriptor.annotations?.["vnd.docker.reference.type"] === "attestation-manifest";
}
function attestationSubject(descriptor) {
	const digest = descriptor.annotations?.["vnd.docker.reference.digest"];
	return isAttestation(descriptor) && digest !== void 0 && isDigest(digest) ? digest : void 0;
}
function readPlatform(value, where) {
	if (!isJsonObject(value)) throw new WorkError(`${where}: platform must be an object`);
	const text = (field) => {
		const found = value[field] ?? "";
		if (typeof found !== "string") throw new WorkError(`${where}: platform ${field} must be a string`);
		return found;
	};
	const [variant, version] = [text("variant"), text("os.version")];
	const features = readFeatures(value, where);
	return {
		os: text("os"),
		architecture: text("architecture"),
		...variant === "" ? {} : { variant },
		...version === "" ? {} : { "os.version": version },
		...features.length === 0 ? {} : { "os.features": features }
	};
}
function readFeatures(value, where) {
	const features = value["os.features"] ?? [];
	if (!Array.isArray(features) || !features.every((feature) => typeof feature === "string")) throw new WorkError(`${where}: platform os.features must be a list of strings`);
	return features;
}
// src/oci/media-type.ts
const ociIndex = "application/vnd.oci.image.index.v1+json";
const ociManifest = "application/vnd.oci.image.manifest.v1+json";
const dockerManifestList = "application/vnd.docker.distribution.manifest.list.v2+json";
const dockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
const dockerConfig = "application/vnd.docker.container.image.v1+json";
const manifestMediaTypes = [
	ociIndex,
	dockerManifestList,
	ociManifest,
	dockerManifest
];
function isIndexType(mediaType) {
	return mediaType === "application/vnd.oci.image.index.v1+json" || mediaType === "application/vnd.docker.distribution.manifest.list.v2+json";
}
function isDockerType(mediaType) {
	return mediaType === "application/vnd.docker.distribution.manifest.v2+json" || mediaType === "application/vnd.docker.distribution.manifest.list.v2+json";
}
function isSchema1Type(mediaType) {
	return /^application\/vnd\.docker\.distribution\.manifest\.v1\+(?:json|prettyjws)$/.test(mediaType);
}
function parseContentType(header) {
	const [type = "", ...parameters] = header.split(";");
	const mediaType = type.trim().toLowerCase();
	return parameters.every((parameter) => /^\s*(?:[\w!#$%&'*+.^`|~-]+=(?:[\w!#$%&'*+.^`|~-]+|"(?:[^"\\]|\\.)*")\s*)?$/.test(parameter)) && /^[\w!#$&^.+-]+(?:\/[\w!#$&^.+-]+)?$/.test(mediaType) ? mediaType : "";
}
// src/oci/image-index.ts
function buildIndex(plan) {
	const children = withoutRepeats(plan.children);
	const images = children.filter((child) => !isAttestation(child)).map(withPlatform);
	if (images.length === 0) throw new WorkError("an image index needs at least one image");
	refuseSharedPlatforms(images);
	const ordered = images.toSorted(orderOf(plan.order ?? []));
	const manifests = [...ordered, ...attestationsOf(children, ordered)];
	const annotations = plan.annotations ?? {};
	const mediaType = mediaTypeFor(plan.format ?? "auto", manifests, annotations);
	const bytes = new TextEncoder().encode(marshalIndent({
		schemaVersion: 2,
		mediaType,
		manifests: manifests.map(describe),
		annotations: annotationMap(annotations)
	}));
	return {
		bytes,
		digest: digestOf(bytes),
		mediaType,
		size: bytes.length,
		manifests
	};
}
function withoutRepeats(children) {
	const kept = /* @__PURE__ */ new Map();
	for (const child of children) {
		const before = kept.get(child.digest);
		if (before === void 0) kept.set(child.digest, child);
		else if (platformText(before) !== platformText(child)) throw new WorkError(`${child.digest} stands under two platforms: ${platformText(before)} and ${platformText(child)}`);
	}
	return [...kept.values()];
}
function withPlatform(image) {
	if (isIndexType(image.mediaType)) throw new WorkError(`${image.digest} is itself an image index: list its manifests instead`);
	if (image.platform === void 0 || image.platform.os === "" || image.platform.architecture === "") throw new WorkError(`${image.digest} has no platform: its config names no os or architecture`);
	return {
		...image,
		platform: normalizePlatform(image.platform)
	};
}
function refuseSharedPlatforms(images) {
	const owners = /* @__PURE__ */ new Map();
	for (const image of images) {
		const platform = platformText(image);
		const owner = owners.get(platform);
		if (owner !== void 0) throw new WorkError(`two images are for ${platform}: ${owner} and ${image.digest}`, { fix: "give one image per platform" });
		owners.set(platform, image.digest);
	}
}
function orderOf(order) {
	const wanted = order.map((platform) => formatPlatform(normalizePlatform(platform)));
	const position = (child) => {
		const found = wanted.indexOf(platformText(child));
		return found === -1 ? wanted.length : found;
	};
	return (a, b) => position(a) - position(b) || (a.platform === void 0 || b.platform === void 0 ? 0 : comparePlatforms(a.platform, b.platform));
}
function attestationsOf(children, images) {
	const attestations = children.filter(isAttestation);
	const position = (attestation) => {
		const subject = attestationSubject(attestation);
		return images.findIndex((image) => image.digest === subject);
	};
	for (const attestation of attestations) if (position(attestation) === -1) {
		const subject = attestation.annotations?.["vnd.docker.reference.digest"] ?? "nothing";
		throw new WorkError(`attestation ${attestation.digest} is about ${subject}, which is not in this index`);
	}
	return attestations.map((attestation) => ({
		...attestation,
		platform: {
			os: "unknown",
			architecture: "unknown"
		}
	})).toSorted((a, b) => position(a) - position(b) || (a.digest < b.digest ? -1 : 1));
}
function mediaTypeFor(format, manifests, annotations) {
	const obstacle = dockerObstacle(manifests, annotations);
	if (format === "oci" || format === "auto" && obstacle !== void 0) return ociIndex;
	if (obstacle !== void 0) throw new WorkError(`a Docker manifest list cannot hold ${obstacle}`);
	return dockerManifestList;
}
function dockerObstacle(manifests, annotations) {
	if (Object.keys(annotations).length > 0) return "annotations";
	if (manifests.some(isAttestation)) return "attestations";
	const foreign = manifests.find((child) => !isDockerType(child.mediaType));
	if (foreign !== void 0) return `${foreign.mediaType} (${foreign.digest})`;
	const annotated = manifests.find((child) => Object.keys(child.annotations ?? {}).length > 0);
	return annotated === void 0 ? void 0 : `annotations of ${annotated.digest}`;
}
function describe(child) {
	const { platform } = child;
	return {
		mediaType: child.mediaType,
		digest: child.digest,
		size: child.size,
		annotations: annotationMap(child.annotations ?? {}),
		platform: platform && {
			architecture: platform.architecture,
			os: platform.os,
			"os.version": platform["os.version"],
			"os.features": platform["os.features"],
			variant: platform.variant
		},
		artifactType: child.artifactType
	};
}
function annotationMap(annotations) {
	const entries = Object.entries(annotations);
	return entries.length === 0 ? void 0 : new Map(entries);
}
function platformText(child) {
	return child.platform === void 0 ? "no platform" : formatPlatform(normalizePlatform(child.platform));
}
// src/oci/image-config.ts
function parseImageConfig(bytes, what) {
	const body = parseJsonObject(bytes, what);
	const platform = readPlatform(body, what);
	const config = body["config"];
	const labels = isJsonObject(config) ? stringMap(config["Labels"], `${what}: Labels`) : void 0;
	return {
		...platform.os === "" || platform.architecture === "" ? {} : { platform: normalizePlatform(platform) },
		lacksVariant: platform.architecture === "arm" && platform.variant === void 0,
		labels: labels ?? {}
	};
}
export { comparePlatforms as A, formatReference as C, digestOf as D, withTarget as E, samePlatform as F, isKnownPlatform as M, normalizePlatform as N, isDigest as O, parsePlatform as P, formatFamiliar as S, parseTarget as T, parseJsonObject as _, isDockerType as a, fillPlatform as b, manifestMediaTypes as c, parseContentType as d, attestationSubject as f, marshalIndent as g, isJsonObject as h, dockerManifest as i, formatPlatform as j, matchesDigest as k, ociIndex as l, parseDescriptor as m, buildIndex as n, isIndexType as o, isAttestation as p, dockerConfig as r, isSchema1Type as s, parseImageConfig as t, ociManifest as u, stringMap as v, parseReference as w, hasPlatform as x, checkTemplate as y };
