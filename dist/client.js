export { t as createRegistryClient } from "./registry.js";
