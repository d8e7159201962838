import { kn as InputError } from "./shared.js";
import { C as formatReference, w as parseReference } from "./oci.js";
// src/container-image/sources.ts
const mirrored = "docker.io";
function parseImageMirror(text) {
	const prefix = text.replace(/\/+$/, "");
	const wrong = `${JSON.stringify(text)} is not a registry such as mirror.gcr.io or 127.0.0.1:5000`;
	const [host = ""] = prefix.split("/");
	if (!/[.:]/.test(host) && host !== "localhost") throw new InputError(wrong);
	try {
		const { registry, tag, digest } = parseReference(`${prefix}/image`);
		if (registry === host && tag === void 0 && digest === void 0) return prefix;
	} catch (error) {
		throw new InputError(wrong, { cause: error });
	}
	throw new InputError(wrong);
}
function imageSources(text, mirrors, engine) {
	const reference = parseReference(text);
	const { registry, repository, tag, digest } = reference;
	const pin = digest === void 0 ? {} : { digest };
	const ending = digest === void 0 ? `:${tag ?? "latest"}` : `@${digest}`;
	const copies = registry === mirrored ? mirrors.map((mirror) => `${mirror}/${repository}${ending}`) : [];
	const original = engine === "docker" ? formatReference(reference) : `${registry}/${repository}${ending}`;
	return [.../* @__PURE__ */ new Set([...copies, original])].map((reference) => ({
		reference,
		...pin
	}));
}
export { parseImageMirror as n, imageSources as t };
