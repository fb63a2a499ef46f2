import type { S3Client } from "@aws-sdk/client-s3";

import type { ModelCache } from "./model-cache.ts";

export interface S3Settings {
  /** "http://127.0.0.1:9000": MinIO, or whatever speaks S3. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

type Sdk = typeof import("@aws-sdk/client-s3");

/**
 * The cache in a bucket. It is connected to when it is first used, and made when it isn't there, so that an application starts
 * without it. The client's code is large, and so is loaded only then.
 */
export function s3Cache({ endpoint, bucket: Bucket, region, accessKey, secretKey }: S3Settings): ModelCache & { close(): void } {
  let connected: Promise<{ readonly sdk: Sdk; readonly client: S3Client }> | null = null;
  const connection = async () => {
    const sdk = await import("@aws-sdk/client-s3");
    const client = new sdk.S3Client({
      endpoint,
      region,
      credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
      // A bucket is a path of the server, not a host of its own.
      forcePathStyle: true,
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 5000, requestTimeout: 10_000 },
    });
    await ensureBucket(sdk, client, Bucket).catch((error: unknown) => {
      client.destroy();
      throw error;
    });
    return { sdk, client };
  };
  const use = async <T>(work: (client: S3Client, sdk: Sdk) => Promise<T>): Promise<T> => {
    connected ??= connection();
    const { sdk, client } = await connected.catch((error: unknown) => {
      connected = null;
      throw error;
    });
    return work(client, sdk);
  };
  return {
    place: `${endpoint}/${Bucket}`,
    list: (prefix) =>
      use(async (client, { paginateListObjectsV2 }) => {
        const keys: string[] = [];
        for await (const page of paginateListObjectsV2({ client }, { Bucket, Prefix: prefix })) keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
        return keys.toSorted();
      }),
    read: (key) =>
      use(async (client, { GetObjectCommand, NoSuchKey }) => {
        try {
          const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: key }));
          return Body === undefined ? new Uint8Array() : await Body.transformToByteArray();
        } catch (error) {
          if (error instanceof NoSuchKey) return null;
          throw error;
        }
      }),
    write: (key, content) => use(async (client, { PutObjectCommand }) => void (await client.send(new PutObjectCommand({ Bucket, Key: key, Body: content })))),
    remove: (key) => use(async (client, { DeleteObjectCommand }) => void (await client.send(new DeleteObjectCommand({ Bucket, Key: key })))),
    close() {
      void connected?.then(({ client }) => client.destroy(), () => undefined);
    },
  };
}

async function ensureBucket({ CreateBucketCommand, HeadBucketCommand }: Sdk, client: S3Client, Bucket: string): Promise<void> {
  try {
    await client.send(new HeadBucketCommand({ Bucket }));
  } catch (error) {
    if (!isNamed(error, "NotFound")) throw error;
    await client.send(new CreateBucketCommand({ Bucket })).catch((again: unknown) => {
      // Another replica was quicker.
      if (!isNamed(again, "BucketAlreadyOwnedByYou")) throw again;
    });
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
