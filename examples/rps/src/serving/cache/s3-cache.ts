import type { S3Client } from "@aws-sdk/client-s3";

import type { ModelCache } from "./model-cache.ts";

export interface S3Settings {
  /** "http://127.0.0.1:9000": MinIO, or whatever speaks S3. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** How many keys the store is asked for at once; 1000, its most, when left out. */
  readonly pageKeys?: number;
}

/** The cache in a bucket, which is made when it isn't there. The client is large, and so is loaded only here. */
export async function openS3Cache(settings: S3Settings): Promise<ModelCache & { close(): void }> {
  const { CreateBucketCommand, DeleteObjectCommand, GetObjectCommand, HeadBucketCommand, NoSuchKey, paginateListObjectsV2, PutObjectCommand, S3Client } = await import("@aws-sdk/client-s3");
  const { endpoint, bucket: Bucket, region, accessKey, secretKey, pageKeys } = settings;
  const client: S3Client = new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    // A bucket is a path of the server, not a host of its own.
    forcePathStyle: true,
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 2000, requestTimeout: 5000 },
  });
  await client.send(new HeadBucketCommand({ Bucket })).catch(async (error: unknown) => {
    if (!isNamed(error, "NotFound")) throw error;
    await client.send(new CreateBucketCommand({ Bucket })).catch((again: unknown) => {
      // Another replica was quicker.
      if (!isNamed(again, "BucketAlreadyOwnedByYou")) throw again;
    });
  });
  return {
    place: `${endpoint}/${Bucket}`,
    async list(prefix) {
      const keys: string[] = [];
      for await (const page of paginateListObjectsV2({ client, ...(pageKeys === undefined ? {} : { pageSize: pageKeys }) }, { Bucket, Prefix: prefix })) {
        keys.push(...(page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key])));
      }
      return keys.toSorted();
    },
    async read(key) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: key }));
        return Body === undefined ? new Uint8Array() : await Body.transformToByteArray();
      } catch (error) {
        if (error instanceof NoSuchKey) return null;
        throw error;
      }
    },
    async write(key, content) {
      await client.send(new PutObjectCommand({ Bucket, Key: key, Body: content }));
    },
    async remove(key) {
      await client.send(new DeleteObjectCommand({ Bucket, Key: key }));
    },
    close: () => client.destroy(),
  };
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
