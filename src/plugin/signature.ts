// How a sender signs: the declarative scheme block that presets and `uses: custom` share.

/** One HTTP request as it came in. */
export interface RawRequest {
  readonly method: string;
  /** The URL the sender called: `publicUrl` of the source when set, else path and query. */
  readonly url: string;
  /** Lower-case name → every value in the order received; a repeated header has several. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** The bytes of the body, exactly as received. */
  readonly body: Uint8Array;
}

/**
 * A signature scheme without code.
 * `content` is a template of `{timestamp}`, `{body}`, `{id}`, `{url}`, `{method}`; default `{body}`.
 */
export interface SignatureScheme {
  /** `token`: the header equals the secret; `sha256`: a plain digest (put `{secret}` into `content`). */
  readonly algorithm: 'hmac-sha256' | 'hmac-sha1' | 'hmac-sha512' | 'sha256' | 'ed25519' | 'ecdsa-p256' | 'token';
  readonly signature: {
    readonly header: string;
    /** Default `hex`. */
    readonly encoding?: 'hex' | 'base64' | 'text';
    /** Literal text before each signature, such as `sha256=`. */
    readonly prefix?: string;
    /** Separates several items in the header: `,` in `t=1,v1=ab`, a blank in `v1,ab v1,cd`. */
    readonly itemSeparator?: string;
    /** Separates name and value of an item: `=` in `v1=ab`, `,` in `v1,ab`. */
    readonly keySeparator?: string;
    /** The item name that holds a signature: `v1`. Items of other names are ignored. */
    readonly key?: string;
  };
  readonly content?: string;
  readonly timestamp?: {
    /** Header that holds the time; or `item`: its name among the items of the signature header. */
    readonly header?: string;
    readonly item?: string;
    readonly unit: 's' | 'ms' | 'iso';
    /** Accepted age in seconds; exactly this old is accepted. Default 300. */
    readonly tolerance?: number;
    /** Accepted lead of the sender's clock in seconds. Default: `tolerance`. */
    readonly future?: number;
  };
  /** Header whose value is `{id}` in `content`. */
  readonly id?: { readonly header: string };
  readonly key?: {
    /** How the configured secret becomes the key. Default `text`: its UTF-8 bytes. `spki-base64`, `raw-hex`, `raw-base64`: a public key. */
    readonly form?: 'text' | 'hex' | 'base64' | 'spki-base64' | 'raw-hex' | 'raw-base64';
    /** Literal start of the secret that is not part of the key: `whsec_`. */
    readonly stripPrefix?: string;
  };
}

export type SignatureReason =
  | 'signature.missing'
  | 'signature.malformed'
  | 'signature.mismatch'
  | 'signature.stale'
  | 'signature.future';

/** What verification found: the index of the secret that matched, or why not. Never says what was expected. */
export type Verdict =
  | { readonly ok: true; readonly secret: number }
  | { readonly ok: false; readonly reason: SignatureReason };
