import { on as createStreamHost } from "./shared.js";
// src/host/woodpecker.ts
function createWoodpeckerHost(world) {
	return createStreamHost("woodpecker", world, {});
}
export { createWoodpeckerHost };
