import { Bulk, BULK_RUN_LENGTH } from './bulk/bulk.js';
import { bulkTranscoding } from './bulk/bulk-transcoding.js';
import { Masker } from './frame/masker.js';
import { MaskingKeys } from './frame/masking-keys.js';
import { FrameWriter } from './frame/frame-writer.js';
import { Lender } from './lender.js';
import { InputReader } from './message/input-reader.js';
import { LatestText } from './text/latest-text.js';
import { MessageReader } from './message/message-reader.js';
import { MessageWriter } from './message/message-writer.js';
import { Utf8Decoder } from './text/utf8-decoder.js';
import { Utf8Encoder } from './text/utf8-encoder.js';
import { SlabPool } from './output/slab-pool.js';

/** Room for 32 messages of 1 KiB in one write: 64 KiB. */
export const SERVER_SLAB_SIZE = BULK_RUN_LENGTH;

/** A client usually has one connection to write for, not thousands. */
const CLIENT_SLAB_SIZE = 16 * 1024;

/**
 * Tools and buffers that all endpoints of a server share, so that an idle connection
 * holds none of its own.
 */
export interface Workspace {
  /** Masks and unmasks payloads. */
  readonly masker: Masker;
  /** Borrowed by endpoints while input has arrived in part. */
  readonly readers: Lender<InputReader>;
  /** Borrowed by endpoints while they have something to send. */
  readonly writers: Lender<MessageWriter>;
  /** The text that is being handled, shared by readers and writers. */
  readonly latestText: LatestText;
  /** A buffer that all transports able to share one read into; absent on a client. */
  readonly readBuffer: Buffer | undefined;
}

/** The workspace of a server: one for all of its connections. */
export function createServerWorkspace(): Workspace {
  return createWorkspace(SERVER_SLAB_SIZE, Bulk.open());
}

/**
 * The workspace of a client. Small, because there may be one per connection; and without {@link
 * Bulk}, whose WebAssembly memory reserves gigabytes of address space.
 */
export function createClientWorkspace(): Workspace {
  return createWorkspace(CLIENT_SLAB_SIZE, undefined);
}

function createWorkspace(slabSize: number, bulk: Bulk | undefined): Workspace {
  const masker = new Masker(bulk);
  const maskingKeys = new MaskingKeys();
  const transcoding = bulkTranscoding();
  const utf8Decoder = new Utf8Decoder(transcoding.decodesFaster ? bulk : undefined);
  const latestText = new LatestText();
  const utf8Encoder = new Utf8Encoder(
    transcoding.encodesFaster ? bulk : undefined,
    transcoding.encodesLatin1Faster,
    latestText,
  );
  const slabs = new SlabPool(slabSize, bulk?.slabs);
  return {
    masker,
    latestText,
    readers: new Lender(() => {
      const messages = new MessageReader(utf8Decoder, latestText, slabs);
      return new InputReader(messages, masker, bulk);
    }),
    writers: new Lender(() => {
      const frames = new FrameWriter(masker, maskingKeys, utf8Encoder, slabs);
      return new MessageWriter(frames);
    }),
    readBuffer: bulk?.readBuffer,
  };
}
