export { p as RegistryError, m as parseErrorBody, h as printable, g as summarizeErrorBody } from "./registry.js";
