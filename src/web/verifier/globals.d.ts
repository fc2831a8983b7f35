/** Filled in when the page is built. */
declare const __SHELL__: string;
/** The program of `digestWorker.ts`. */
declare const __DIGEST_WORKER__: string;
/** Version of the package. */
declare const __VERSION__: string;
