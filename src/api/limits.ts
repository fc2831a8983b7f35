/** What one caller may ask for. */
export type Limits = Readonly<{
  /** Bytes of one file's ciphertext. */
  evidenceBytes: number;
  /** Uploads in parts that are open at once, of all callers. */
  openUploads: number;
  /** Bytes that all of them may come to. */
  openUploadBytes: number;
  /** Of these uploads, and of these bytes, what one address may have. */
  openUploadsPerAddress: number;
  openUploadBytesPerAddress: number;
  /** Seconds that an upload is kept after its last byte. */
  uploadSeconds: number;
  /** Seconds that an upload may take in all. */
  uploadAgeSeconds: number;
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
  openUploads: 64,
  openUploadBytes: 16 * 1024 ** 3,
  openUploadsPerAddress: 16,
  openUploadBytesPerAddress: 4 * 1024 ** 3,
  uploadSeconds: 3_600,
  uploadAgeSeconds: 24 * 3_600,
  requestBytes: 1024 ** 2,
  requestsPerMinute: 6_000,
  pageSize: 20,
  anchorWithin: 900,
};
