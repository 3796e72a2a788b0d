"""Files in an S3 bucket, by signed requests if there are credentials.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
"""

import datetime
import hashlib
import hmac
import os
import urllib.error
import urllib.parse
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

from .paths import below
from .remote_file import RemoteFile
from .web import Headers, opened, read_json


def listed(rest: str) -> Iterator[RemoteFile]:
    """List the file `bucket/path`, or all files below a path that ends with a slash."""
    bucket, _, path = rest.partition("/")
    s3 = _S3(bucket)
    token = ""
    while True:
        query = {"list-type": "2", "prefix": path, **({"continuation-token": token} if token else {})}
        root = ElementTree.fromstring(s3.read(query))
        space = root.tag.partition("}")[0] + "}" if root.tag.startswith("{") else ""
        for item in root.iter(f"{space}Contents"):
            key = item.findtext(f"{space}Key", "")
            if key.endswith("/") or (not path.endswith("/") and key != path):
                continue
            # Its ETag is a checksum only after a single-part upload without KMS, which a listing does not tell.
            size = int(item.findtext(f"{space}Size", "0"))
            yield RemoteFile(s3.url(key), below(key, path), s3.headers, size)
        token = root.findtext(f"{space}NextContinuationToken", "")
        if not token:
            return


class _S3:
    """A bucket, by signed requests if there are credentials.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
    """

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket
        self._region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
        self._key, self._secret, self._session = _aws_credentials()

    def url(self, key: str) -> str:
        base = os.environ.get("AWS_ENDPOINT_URL_S3", f"https://s3.{self._region}.amazonaws.com")
        return f"{base}/{self._bucket}/{urllib.parse.quote(key, safe='/-_.~')}"

    def read(self, query: dict[str, str]) -> bytes:
        try:
            return self._read(query)
        except urllib.error.HTTPError as error:
            region = error.headers.get("x-amz-bucket-region", self._region)
            if region == self._region:
                raise
            self._region = region
            return self._read(query)

    def _read(self, query: dict[str, str]) -> bytes:
        quoted = "&".join(f"{key}={urllib.parse.quote(value, safe='-_.~')}" for key, value in sorted(query.items()))
        url = f"{self.url('').rstrip('/')}?{quoted}"
        with opened(url, self.headers(url)) as response:
            return response.read()

    def headers(self, url: str) -> Headers:
        if not self._key:
            return {}
        parts = urllib.parse.urlsplit(url)
        moment = _now()
        payload = hashlib.sha256(b"").hexdigest()
        signed = {"host": parts.netloc, "x-amz-content-sha256": payload, "x-amz-date": moment}
        if self._session:
            signed["x-amz-security-token"] = self._session
        names = ";".join(sorted(signed))
        lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
        request = "\n".join(["GET", parts.path or "/", parts.query, lines, names, payload])
        scope = f"{moment[:8]}/{self._region}/s3/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(request.encode()).hexdigest()])
        key = f"AWS4{self._secret}".encode()
        for part in scope.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        credential = f"AWS4-HMAC-SHA256 Credential={self._key}/{scope}, SignedHeaders={names}, Signature={signature}"
        return {**{name: value for name, value in signed.items() if name != "host"}, "Authorization": credential}


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")


def _aws_credentials() -> tuple[str, str, str]:
    """Return credentials of the environment, else of EKS pod identity, else empty ones, as for public buckets.

    Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
    """
    own = os.environ.get("AWS_ACCESS_KEY_ID", "")
    if own:
        return own, os.environ.get("AWS_SECRET_ACCESS_KEY", ""), os.environ.get("AWS_SESSION_TOKEN", "")
    url = os.environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI", "")
    if not url:
        return "", "", ""
    token = os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "")
    found = read_json(url, {"Authorization": Path(token).read_text().strip()} if token else {})
    return str(found["AccessKeyId"]), str(found["SecretAccessKey"]), str(found.get("Token", ""))
