import { C as formatReference, E as withTarget } from "./oci.js";
import { t as withRegistryClient } from "./registry.js";
// src/steps/build/platform-tags.ts
async function tagImages(images, registries, ports) {
	const all = images.flatMap(({ tags }) => tags);
	const repositories = new Map(all.map((tag) => [formatReference(withTarget(tag)), withTarget(tag)]));
	await withRegistryClient({
		registries,
		pushTo: [...repositories.values()]
	}, ports, async (client) => {
		await Promise.all(images.flatMap(({ digest, tags }) => tags.map(async (tag) => {
			const { bytes, descriptor } = await client.getManifest(withTarget(tag, { digest }));
			await client.putManifest(tag, bytes, descriptor.mediaType);
			ports.log.info(`${formatReference(tag)} → ${digest}`);
		})));
	});
}
export { tagImages };
