/** What one caller may ask for. */
export type Limits = Readonly<{
  /** Bytes of one file's ciphertext. */
  evidenceBytes: number;
  /** Bytes of a JSON body. */
  requestBytes: number;
  /** Requests of one address in a minute. */
  requestsPerMinute: number;
  /** Deals on a page. */
  pageSize: number;
  /** Seconds within which evidence is promised to be anchored. */
  anchorWithin: number;
}>;

/** What one relayer takes unless its operator says otherwise. */
export const defaultLimits: Limits = {
  evidenceBytes: 2 * 1024 ** 3,
  requestBytes: 1024 ** 2,
  requestsPerMinute: 6_000,
  pageSize: 20,
  anchorWithin: 900,
};
