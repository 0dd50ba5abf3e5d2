import { versions } from 'node:process';

/** What `bulk.wat` transcodes faster than the platform does. */
export interface BulkTranscoding {
  readonly decodesFaster: boolean;
  readonly encodesFaster: boolean;
  /** As far as it encodes faster: texts of no character beyond U+00FF, too. */
  readonly encodesLatin1Faster: boolean;
}

/**
 * Newer versions of Node transcode with SIMD, too. In us for 1 KiB, the module taking 0.8, 0.7 and
 * 0.6:
 *
 * | Node | decode several scripts | encode them | encode Latin-1 |
 * | ---- | ---------------------- | ----------- | -------------- |
 * | 20   | 3.6                    | 1.3         | 1.2            |
 * | 22   | 5.1                    | 1.2         | 0.06           |
 * | 24   | 0.6                    | 2.4         | 0.07           |
 * | 26   | 0.7                    | 0.4         | 0.07           |
 */
export function bulkTranscoding(nodeVersion: string = versions.node): BulkTranscoding {
  const major = Number.parseInt(nodeVersion, 10);
  return {
    decodesFaster: major < 24,
    encodesFaster: major < 26,
    encodesLatin1Faster: major < 22,
  };
}
