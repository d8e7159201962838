export { _ as ProxyError, v as RegistryError, y as parseErrorBody, b as printable, x as summarizeErrorBody } from "./registry.js";
