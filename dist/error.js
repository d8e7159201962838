export { y as ProxyError, b as RegistryError, x as parseErrorBody, S as printable, C as summarizeErrorBody } from "./registry.js";
