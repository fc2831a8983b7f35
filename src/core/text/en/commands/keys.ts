export const keys = {
  summary: "make and look at keys",
  about: [
    "A person needs two keys. A wallet key signs: deals, intents, evidence, determinations. An encryption key opens",
    "evidence that others encrypted for you. Both are random; neither is derived from the other.",
  ],
} as const;
