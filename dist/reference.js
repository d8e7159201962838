import { Dt as isTag, kn as InputError } from "./shared.js";
import { O as isDigest } from "./oci.js";
// src/oci-layout/reference.ts
const scheme = "oci:";
function isLayoutText(text) {
	return text.startsWith(scheme);
}
function layoutPath({ registry, repository }) {
	return repository === "" && registry.startsWith(scheme) ? registry.slice(4) : void 0;
}
function parseLayoutReference(text) {
	const [, place = "", digest] = /^oci:(.*?)(?:@([a-z0-9]+:[0-9a-f]+))?$/s.exec(text) ?? [];
	const colon = place.lastIndexOf(":");
	const tag = place.slice(colon + 1);
	const path = colon === -1 || !isTag(tag) ? place : place.slice(0, colon);
	if (path === "") throw new InputError(`not an OCI layout: ${JSON.stringify(text)}: expected oci:PATH[:TAG]`);
	if (digest !== void 0 && !isDigest(digest)) throw new InputError(`not an OCI layout: ${JSON.stringify(text)}: ${JSON.stringify(digest)} is not a digest`);
	return {
		registry: `${scheme}${path}`,
		repository: "",
		...path === place ? {} : { tag },
		...digest === void 0 ? {} : { digest }
	};
}
export { layoutPath as n, parseLayoutReference as r, isLayoutText as t };
