package dev.pratique.proxy.upstream;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;

/** Event loops and the channel classes that go with them. Who opens it shuts the group down. */
public record Transport(
        EventLoopGroup group,
        Class<? extends SocketChannel> socket,
        Class<? extends ServerSocketChannel> serverSocket) {

    /** Epoll where the machine has it, else NIO. */
    public static Transport open(int threads, String threadName) {
        return Epoll.isAvailable()
                ? new Transport(
                        group(threads, threadName, EpollIoHandler.newFactory()),
                        EpollSocketChannel.class,
                        EpollServerSocketChannel.class)
                : nio(threads, threadName);
    }

    /** NIO on any machine. */
    public static Transport nio(int threads, String threadName) {
        return new Transport(
                group(threads, threadName, NioIoHandler.newFactory()),
                NioSocketChannel.class,
                NioServerSocketChannel.class);
    }

    /** Whether the calling thread is one of these event loops, which must never wait. */
    public boolean inEventLoop() {
        for (EventExecutor loop : group) {
            if (loop.inEventLoop()) {
                return true;
            }
        }
        return false;
    }

    private static EventLoopGroup group(int threads, String name, IoHandlerFactory io) {
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), io);
    }
}
