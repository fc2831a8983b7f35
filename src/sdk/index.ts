export * from "./client.ts";
export * from "./evidence.ts";
