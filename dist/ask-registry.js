import { w as parseReference } from "./oci.js";
import { b as RegistryError, i as createRegistryClient } from "./registry.js";
import { setTimeout } from "node:timers/promises";
// src/container-image/ask-registry.ts
async function askRegistry(reference, patience, { env, log, signal }) {
	let waited = 0;
	const sleep = async (duration) => {
		waited += duration;
		if (waited > patience) {
			const seconds = Math.ceil(duration / 1e3);
			throw new RegistryError(`${reference} would have to be waited for ${seconds} s more`, { temporary: true });
		}
		await setTimeout(duration, void 0, { signal });
	};
	const client = createRegistryClient({
		env,
		log,
		clock: { sleep }
	});
	const drop = () => void client.close();
	signal.addEventListener("abort", drop);
	try {
		await client.headManifest(parseReference(reference));
	} finally {
		signal.removeEventListener("abort", drop);
		await client.close();
	}
}
export { askRegistry };
