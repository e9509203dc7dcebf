/** API keys and accounts. Only sha256 hashes of keys are stored. */
export interface ApiKeyRecord {
  keyId: string;
  accountId: string;
  name: string;
  /** First 8 and last 4 characters of the key, for lists. */
  masked: string;
  scopes: ("read" | "write" | "admin")[];
  /** Requests per minute; null = the server's default; 0 = unlimited. */
  ratePerMinute: number | null;
  isActive: boolean;
  createdAt: Date;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
}
export interface ApiKeys {
  /** Looks the key up by its hash (cached briefly); null when unknown, revoked, switched off or expired. */
  authenticate(key: string): Promise<ApiKeyRecord | null>;
  /** `account` is a name (the account is made when it is new) or the id of an existing account. `key` is plain, given out once. Rejects with VALIDATION_FAILED when the name is taken in the account. */
  create(input: {
    account: string;
    name: string;
    scopes: ApiKeyRecord["scopes"];
    ratePerMinute?: number | null;
    expiresAt?: Date | null;
    key?: string;
  }): Promise<{ key: string; record: ApiKeyRecord }>;
  /** `account`: its id or its name. */
  list(account?: string): Promise<ApiKeyRecord[]>;
  revoke(account: string | null, keyId: string): Promise<boolean>;
  toggle(account: string, keyId: string): Promise<ApiKeyRecord | null>;
  count(): Promise<number>;
}
