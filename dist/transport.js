export { n as createTransport } from "./registry.js";
