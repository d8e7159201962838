import { E as ExecError } from "./shared.js";
// src/container-image/on-demand.ts
async function withImage(reference, options, use) {
	try {
		return await use(reference);
	} catch (error) {
		if (!isImageMissing(error)) throw error;
	}
	const { provideImage } = await import("./pull.js");
	return use((await provideImage(reference, options)).reference);
}
function isImageMissing(error) {
	for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause instanceof ExecError && /no such image|unable to find image|image not known/i.test(cause.stderr)) return true;
	return false;
}
export { withImage as t };
