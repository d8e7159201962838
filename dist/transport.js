export { a as createTransport } from "./registry.js";
